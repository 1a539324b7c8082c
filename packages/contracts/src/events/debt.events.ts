import { z } from 'zod';
import { defineEvent } from '../event.ts';
import { id, instant } from '../ids.ts';
import { currency } from '../money.ts';
import { ids, moments } from './examples.ts';
import { amount, at, count, quantity, reasonCode, revision } from './shapes.ts';

const producer = 'debt';

/** Who owes whom: the creditor is the company `creditorId`, or the platform where there is none; `companyId` is the tenant's. */
const debt = z.object({
  debtId: id,
  creditorId: id.optional(),
  debtorType: z.enum(['company', 'customer']),
  debtorId: id,
  companyId: id,
  type: z.enum(['subscription', 'purchase', 'loan']),
  currency,
  orderId: id.optional(),
  /** The bill of a subscription's period that came to be this debt. */
  invoiceId: id.optional(),
});
const onAccount: z.infer<typeof debt> = {
  debtId: ids.debt,
  creditorId: ids.company,
  debtorType: 'customer',
  debtorId: ids.customer,
  companyId: ids.company,
  type: 'purchase',
  currency: 'USD',
  orderId: ids.order,
};

/** When it is due, and the same as a date where the company is, which is what people are told. */
const due = { dueAt: instant, dueDay: z.iso.date().optional() };

export const debtCreated = defineEvent({
  type: 'debt.created',
  producer,
  when: 'Somebody came to owe money: an order on account was confirmed, a subscription was billed, or staff entered it.',
  schema: debt.extend({ amount, ...due }),
  example: { ...onAccount, amount: 25_770, dueAt: moments.due },
});

const credit = z.object({ orderId: id, revision, companyId: id, customerId: id, amount, currency });
const wanted = {
  orderId: ids.order,
  revision: 1,
  companyId: ids.company,
  customerId: ids.customer,
  amount: 25_770,
  currency: 'USD',
};

export const debtCreditHeld = defineEvent({
  type: 'debt.credit_held',
  producer,
  when: "Part of a customer's credit line was set aside for an order's revision that is paid on account.",
  schema: credit.extend({ holdId: id }),
  example: { holdId: ids.hold, ...wanted },
});

export const debtCreditRefused = defineEvent({
  type: 'debt.credit_refused',
  producer,
  when: "A customer's credit line does not bear an order's revision, or there is none.",
  schema: credit.extend({ reason: z.enum(['no_limit', 'limit_exceeded', 'overdue']) }),
  example: { ...wanted, reason: 'limit_exceeded' },
});

export const debtLimitChanged = defineEvent({
  type: 'debt.limit_changed',
  producer,
  when: 'A company set how much a customer may owe it in a currency to another amount; what is owed already stays owed.',
  schema: z.object({ companyId: id, customerId: id, currency, limit: amount, previousLimit: amount, at }),
  example: {
    companyId: ids.company,
    customerId: ids.customer,
    currency: 'USD',
    limit: 100_000,
    previousLimit: 50_000,
    at: moments.placed,
  },
});

export const debtPaymentDue = defineEvent({
  type: 'debt.payment_due',
  producer,
  when: 'The one reminder that a debt is soon to be paid; `amount` is still owed of it.',
  schema: debt.extend({ amount, ...due, instalment: quantity.optional(), step: z.enum(['before', 'on', 'after']) }),
  example: { ...onAccount, amount: 25_770, dueAt: moments.due, step: 'before' },
});

export const debtOverdue = defineEvent({
  type: 'debt.overdue',
  producer,
  when: "A debt was not paid in full by the end of its day in the company's time zone; once for each debt.",
  schema: debt.extend({ amount, ...due, instalment: quantity.optional(), daysOverdue: count }),
  example: { ...onAccount, amount: 25_770, dueAt: moments.due, daysOverdue: 1 },
});

export const debtPaymentRecorded = defineEvent({
  type: 'debt.payment_recorded',
  producer,
  when: 'Money or a credit was booked against a debt, with its `paymentId` if it came through one; `remaining` is still owed.',
  schema: debt.extend({ debtPaymentId: id, paymentId: id.optional(), amount, remaining: amount, at }),
  example: {
    ...onAccount,
    debtPaymentId: ids.debtPayment,
    paymentId: ids.payment,
    amount: 10_000,
    remaining: 15_770,
    at: moments.due,
  },
});

export const debtPaid = defineEvent({
  type: 'debt.paid',
  producer,
  when: 'Nothing of a debt is owed any more; `amount` is what was paid in all.',
  schema: debt.extend({ amount, paidAt: instant }),
  example: { ...onAccount, amount: 25_770, paidAt: moments.due },
});

export const debtWrittenOff = defineEvent({
  type: 'debt.written_off',
  producer,
  when: 'What was left of a debt was given up, because its order was cancelled.',
  schema: debt.extend({ amount, reason: reasonCode, at }),
  example: { ...onAccount, amount: 15_770, reason: 'insolvent', at: moments.due },
});
