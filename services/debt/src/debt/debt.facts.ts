import type { EventContract, EventData } from '@souk/contracts';
import { debtCreated, debtOverdue, debtPaid, debtPaymentDue, debtPaymentRecorded, debtWrittenOff } from '@souk/contracts';
import type { BatchEntry } from '@souk/service-kit';
import { dayIn } from './calendar.rules.ts';
import type { Debt, Step } from './debt.rules.ts';
import { daysOverdue, remainingOf } from './debt.rules.ts';
import type { DebtPayment } from './debt.store.ts';

type Publish = BatchEntry<unknown>['publish'];
type AboutDebt = Omit<EventData<typeof debtCreated>, 'amount' | 'dueAt' | 'dueDay'>;

/** What every fact about a debt says of it. */
function about({ _id, creditorId, debtorType, debtorId, companyId, type, currency, orderId, invoiceId }: Debt): AboutDebt {
  return {
    ...{ debtId: _id, debtorType, debtorId, companyId, type, currency },
    ...(creditorId !== undefined && { creditorId }),
    ...(orderId !== undefined && { orderId }),
    ...(invoiceId !== undefined && { invoiceId }),
  };
}

function tell<More extends object>(
  publish: Publish,
  contract: EventContract<AboutDebt & More>,
  told: { debt: Debt; more: More },
): void {
  const { debt, more } = told;
  publish(contract, { subject: debt._id, version: debt.version, companyId: debt.companyId, data: { ...about(debt), ...more } });
}

type Due = Pick<EventData<typeof debtCreated>, 'dueAt' | 'dueDay'>;

const dueOf = ({ dueAt }: Debt, timezone: string): Due => ({
  dueAt: dueAt.toISOString(),
  dueDay: dayIn(dueAt, timezone),
});

export const tellCreated = (publish: Publish, debt: Debt, timezone: string): void =>
  tell(publish, debtCreated, { debt, more: { amount: debt.amount, ...dueOf(debt, timezone) } });

/** Of money or a credit, and when nothing remains of that too. */
export function tellPaid(publish: Publish, debt: Debt, payment: DebtPayment): void {
  const { _id: debtPaymentId, paymentId, amount } = payment;
  const at = payment.at.toISOString();
  const more: Omit<EventData<typeof debtPaymentRecorded>, keyof AboutDebt> = {
    debtPaymentId,
    paymentId,
    amount,
    remaining: remainingOf(debt),
    at,
  };
  tell(publish, debtPaymentRecorded, { debt, more });
  if (debt.status === 'paid') tell(publish, debtPaid, { debt, more: { amount: debt.paid, paidAt: at } });
}

/** Of `amount` that nobody owes any more because its order was cancelled. */
export const tellCancelled = (publish: Publish, debt: Debt, amount: number): void =>
  tell(publish, debtWrittenOff, { debt, more: { amount, reason: 'order_cancelled', at: debt.updatedAt.toISOString() } });

/** Of a step of the calendar. */
export function tellStep(publish: Publish, debt: Debt, step: { kind: Step['kind']; timezone: string; now: Date }): void {
  const more = { amount: remainingOf(debt), ...dueOf(debt, step.timezone) };
  if (step.kind === 'remind') tell(publish, debtPaymentDue, { debt, more: { ...more, step: 'before' } });
  else tell(publish, debtOverdue, { debt, more: { ...more, daysOverdue: daysOverdue(debt, step.timezone, step.now) } });
}
