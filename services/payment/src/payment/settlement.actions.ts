import type { Context } from '@souk/service-kit';
import { newId } from '@souk/service-kit';
import { termsOf } from '../gateways/registry.ts';
import type { OrderNews } from './order.rules.ts';
import type { PaymentRequest } from './payment.batch.ts';
import { changePayments } from './payment.batch.ts';
import type { Moment, Payment } from './payment.rules.ts';

/** What the rules decide with, of now. */
export const momentOf = (ctx: Pick<Context, 'now'>): Moment => ({ now: ctx.now(), newId, terms: termsOf });

/**
 * Applies a rule to a payment as it is. Whoever may see the payment was settled before; the books are written for everybody alike.
 * Throws notFound, and what `decide` throws.
 */
export const amend = (ctx: Context, paymentId: string, decide: PaymentRequest['decide']): Promise<Payment> =>
  ctx.batch(changePayments, { of: { paymentId }, decide, at: momentOf(ctx) });

/** The same for the payment of an order that may not be known yet: then it begins with what is told here. */
export const amendOfOrder = (ctx: Context, order: OrderNews, decide: PaymentRequest['decide']): Promise<Payment> =>
  ctx.batch(changePayments, { of: { order }, decide, at: momentOf(ctx) });
