import { debtCreated, debtOverdue, debtPaymentDue, formatMoney } from '@souk/contracts';
import type { Context } from '@souk/service-kit';
import { on } from '@souk/service-kit';
import { notify } from '../notification/notification.actions.ts';
import { debtFallsDue, debtIsCreated, debtIsOverdue } from '../templates/debt.ts';
import { readableDay } from '../templates/letter.ts';
import { lately } from './lately.ts';

interface DebtFact {
  debtId: string;
  debtorType: 'company' | 'customer';
  debtorId: string;
  companyId: string;
  orderId?: string | undefined;
  amount: number;
  currency: string;
  dueAt: string;
  /** The date where the company is; facts of before it was told have none. */
  dueDay?: string | undefined;
}

/** Tells a customer. What a company owes is shown to its administrators, not mailed. */
async function tellDebtor(ctx: Context, data: DebtFact, template: typeof debtIsCreated): Promise<void> {
  const { debtId, debtorType, debtorId, companyId, orderId, amount, currency, dueAt, dueDay = dueAt } = data;
  if (debtorType !== 'customer') return;
  const variables = { debtId, amount: formatMoney({ amount, currency }), due: readableDay(dueDay) };
  await notify(ctx, { userId: debtorId, companyId, orderId }, { template, variables });
}

export const debtEvents = [
  on(debtCreated, ({ data }, ctx) => tellDebtor(ctx, data, debtIsCreated), lately),
  on(debtPaymentDue, ({ data }, ctx) => tellDebtor(ctx, data, debtFallsDue), lately),
  on(debtOverdue, ({ data }, ctx) => tellDebtor(ctx, data, debtIsOverdue), lately),
];
