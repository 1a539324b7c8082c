import type { EventData } from '@souk/contracts';
import { debtCreated, debtOverdue, debtPaid, debtWrittenOff } from '@souk/contracts';
import { on } from '@souk/service-kit';
import type { BilledDebt } from './settlement.actions.ts';
import { noteDebt, noteGivenUp, noteOverdue, notePaid } from './settlement.actions.ts';

type Told = Pick<EventData<typeof debtCreated>, 'debtId' | 'companyId' | 'type' | 'creditorId' | 'invoiceId'>;

/** The bill of ours that a debt came from; other debts, and those that staff enter by hand, are none of a subscription's. */
function billed({ debtId, companyId, type, creditorId, invoiceId }: Told): BilledDebt | undefined {
  const isOurs = type === 'subscription' && creditorId === undefined && invoiceId !== undefined;
  return isOurs ? { debtId, companyId, invoiceId } : undefined;
}

export const settlementSubscriptions = [
  on(debtCreated, async ({ data }, ctx) => {
    const debt = billed(data);
    if (debt) await noteDebt(ctx, debt);
  }),
  on(debtOverdue, async ({ data }, ctx) => {
    const debt = billed(data);
    if (debt) await noteOverdue(ctx, debt, new Date(data.dueAt));
  }),
  on(debtPaid, async ({ data }, ctx) => {
    const debt = billed(data);
    if (debt) await notePaid(ctx, debt);
  }),
  on(debtWrittenOff, async ({ data }, ctx) => {
    const debt = billed(data);
    if (debt) await noteGivenUp(ctx, debt, data.amount);
  }),
];
