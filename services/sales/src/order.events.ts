import {
  inventoryHoldBroken,
  inventoryReservationFailed,
  inventoryReserved,
  paymentAuthorised,
  paymentFailed,
  paymentRefunded,
  paymentSuccess,
  promotionRedeemed,
  promotionRedemptionRefused,
} from '@souk/contracts';
import type { Context } from '@souk/service-kit';
import { on } from '@souk/service-kit';
import { causeOf, changeKnownOrder, recordAnswer } from './order.actions.ts';
import type { Answers } from './order.model.ts';
import { holdBroken, refunded } from './order.rules.ts';

/** A payment's answer to the order it is for; payments of debts are not ours. */
async function recordPayment(
  ctx: Context,
  data: { orderId?: string | undefined; revision?: number | undefined; paymentId: string },
  payment: Answers['payment'],
): Promise<void> {
  const { orderId, revision, paymentId } = data;
  if (orderId === undefined || revision === undefined || payment === undefined) return;
  await recordAnswer(ctx, orderId, { revision, answers: { payment }, paymentId });
}

export const orderSubscriptions = [
  on(inventoryReserved, ({ data }, ctx) =>
    recordAnswer(ctx, data.orderId, { revision: data.revision, answers: { stock: 'held' } }),
  ),
  on(inventoryReservationFailed, ({ data }, ctx) =>
    recordAnswer(ctx, data.orderId, { revision: data.revision, answers: { stock: 'failed' } }),
  ),
  on(inventoryHoldBroken, ({ data }, ctx) => {
    const cause = causeOf(ctx);
    return changeKnownOrder(ctx, data.orderId, (order) => holdBroken(order, data.revision, cause));
  }),
  on(promotionRedeemed, ({ data }, ctx) =>
    recordAnswer(ctx, data.orderId, { revision: data.revision, answers: { promotions: 'redeemed' } }),
  ),
  on(promotionRedemptionRefused, ({ data }, ctx) =>
    recordAnswer(ctx, data.orderId, { revision: data.revision, answers: { promotions: 'refused' } }),
  ),
  on(paymentAuthorised, ({ data }, ctx) => recordPayment(ctx, data, 'authorised')),
  on(paymentSuccess, ({ data }, ctx) => recordPayment(ctx, data, 'captured')),
  on(paymentFailed, ({ data }, ctx) => recordPayment(ctx, data, 'failed')),
  on(paymentRefunded, async ({ data }, ctx) => {
    if (data.orderId === undefined) return;
    const cause = causeOf(ctx);
    await changeKnownOrder(ctx, data.orderId, (order) => refunded(order, data, cause));
  }),
];
