import { currency, id, instant, minorUnits } from '@souk/contracts';
import { z } from 'zod';
import type { Debt } from './debt.rules.ts';
import { DEBT_STATUSES, DEBT_TYPES, remainingOf } from './debt.rules.ts';
import type { DebtPayment } from './debt.store.ts';
import { PAYMENT_KINDS, PAYMENT_METHODS } from './debt.store.ts';

/** Amounts are minor units of `currency`. */
export const debtView = z.object({
  id,
  creditorId: id.optional(),
  debtorType: z.enum(['company', 'customer']),
  debtorId: id,
  companyId: id,
  type: z.enum(DEBT_TYPES),
  currency,
  amount: minorUnits,
  paid: minorUnits,
  writtenOff: minorUnits,
  remaining: minorUnits,
  status: z.enum(DEBT_STATUSES),
  dueAt: instant,
  overdueAt: instant.optional(),
  orderId: id.optional(),
  invoiceId: id.optional(),
  createdAt: instant,
});

export function viewDebt(debt: Debt): z.infer<typeof debtView> {
  const {
    _id,
    creditorId,
    debtorType,
    debtorId,
    companyId,
    type,
    currency,
    amount,
    paid,
    writtenOff,
    status,
    orderId,
    invoiceId,
  } = debt;
  return {
    ...{
      id: _id,
      debtorType,
      debtorId,
      companyId,
      type,
      currency,
      amount,
      paid,
      writtenOff,
      remaining: remainingOf(debt),
      status,
    },
    ...(creditorId !== undefined && { creditorId }),
    ...(orderId !== undefined && { orderId }),
    ...(invoiceId !== undefined && { invoiceId }),
    ...(debt.overdueAt && { overdueAt: debt.overdueAt.toISOString() }),
    dueAt: debt.dueAt.toISOString(),
    createdAt: debt.createdAt.toISOString(),
  };
}

export const paymentView = z.object({
  id,
  debtId: id,
  kind: z.enum(PAYMENT_KINDS),
  amount: minorUnits,
  currency,
  method: z.enum(PAYMENT_METHODS).optional(),
  reference: z.string().optional(),
  paymentId: id.optional(),
  at: instant,
});

export function viewPayment({ _id, debtId, kind, amount, currency, method, reference, paymentId, at }: DebtPayment) {
  return {
    ...{ id: _id, debtId, kind, amount, currency, at: at.toISOString() },
    ...(method !== undefined && { method }),
    ...(reference !== undefined && { reference }),
    ...(paymentId !== undefined && { paymentId }),
  };
}
