import { orderCancelled, orderConfirmed, paymentRefunded } from '@souk/contracts';
import { on } from '@souk/service-kit';
import { countFact } from './count.actions.ts';
import { cancelledFact, confirmedFact, refundedFact } from './order.rules.ts';

export const orderSubscriptions = [
  on(orderConfirmed, ({ data }, ctx) => countFact(ctx, confirmedFact(data))),
  on(orderCancelled, ({ data }, ctx) => countFact(ctx, cancelledFact(data))),
  on(paymentRefunded, ({ data, time }, ctx) => countFact(ctx, refundedFact(data, new Date(time)))),
];
