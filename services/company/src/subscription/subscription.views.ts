import { currency, id, instant, minorUnits, money } from '@souk/contracts';
import { z } from 'zod';
import type { Invoice, Line } from './invoice.rules.ts';
import { INVOICE_STATUSES, LINE_KINDS } from './invoice.rules.ts';
import type { Subscription } from './subscription.rules.ts';
import { SUBSCRIPTION_STATUSES } from './subscription.rules.ts';

export const subscriptionView = z.object({
  planId: id,
  status: z.enum(SUBSCRIPTION_STATUSES),
  periodStart: instant,
  periodEnd: instant,
  trialEndsAt: instant.nullable(),
  cancelsAt: instant.nullable(),
  graceEndsAt: instant.nullable(),
  credit: money,
});

const shown = (moment: Date | null): string | null => moment?.toISOString() ?? null;

export function viewSubscription(subscription: Subscription): z.infer<typeof subscriptionView> {
  const { planId, status, credit: amount, currency: code, periodStart, periodEnd } = subscription;
  return {
    ...{ planId, status, periodStart: periodStart.toISOString(), periodEnd: periodEnd.toISOString() },
    trialEndsAt: shown(subscription.trialEndsAt),
    cancelsAt: shown(subscription.cancelsAt),
    graceEndsAt: shown(subscription.graceEndsAt),
    credit: { amount, currency: code },
  };
}

const lineView = z.object({
  kind: z.enum(LINE_KINDS),
  amount: minorUnits,
  planId: id.optional(),
  periodStart: instant.optional(),
  periodEnd: instant.optional(),
});

/** Amounts are minor units of `currency`; the lines sum to `total`. */
export const invoiceView = z.object({
  id,
  number: z.string(),
  currency,
  lines: z.array(lineView),
  total: minorUnits,
  status: z.enum(INVOICE_STATUSES),
  issuedAt: instant,
  dueAt: instant,
  settledAt: instant.optional(),
  debtId: id.optional(),
});

const viewLine = ({ kind, amount, planId, periodStart, periodEnd }: Line): z.infer<typeof lineView> => ({
  ...{ kind, amount },
  ...(planId !== undefined && { planId }),
  ...(periodStart && { periodStart: periodStart.toISOString() }),
  ...(periodEnd && { periodEnd: periodEnd.toISOString() }),
});

export function viewInvoice(invoice: Invoice): z.infer<typeof invoiceView> {
  const { _id, number, currency: code, total, status, issuedAt, dueAt, settledAt, debtId } = invoice;
  return {
    ...{ id: _id, number, currency: code, lines: invoice.lines.map(viewLine), total, status },
    ...{ issuedAt: issuedAt.toISOString(), dueAt: dueAt.toISOString() },
    ...(settledAt && { settledAt: settledAt.toISOString() }),
    ...(debtId !== undefined && { debtId }),
  };
}
