import { orderCancelled, orderConfirmed, paymentRefunded, paymentSuccess } from '@souk/contracts';
import { on } from '@souk/service-kit';
import { countFact } from './performance.actions.ts';
import { cancelledFact, capturedFact, confirmedFact, refundedFact } from './performance.rules.ts';

export const performanceSubscriptions = [
  on(orderConfirmed, ({ data }, ctx) => countFact(ctx, confirmedFact(data))),
  on(orderCancelled, ({ data }, ctx) => countFact(ctx, cancelledFact(data))),
  on(paymentSuccess, ({ data }, ctx) => countFact(ctx, capturedFact(data))),
  on(paymentRefunded, ({ data, time }, ctx) => countFact(ctx, refundedFact(data, time))),
];
