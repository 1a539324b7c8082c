import type { Context } from '@souk/service-kit';
import { defineResource } from '@souk/service-kit';

/** What this process is asking gateways just now, by payment. A hint: another replica's calls are not in it. */
export const underway = defineResource<Map<string, Promise<unknown>>>({ name: 'calls underway', start: () => new Map() });

/** Lets others see that a gateway is being asked about a payment until `work` has booked what came of it. */
export async function whileUnderway<Result>(ctx: Context, paymentId: string, work: () => Promise<Result>): Promise<Result> {
  const calls = underway.of(ctx);
  const running = work();
  const all = Promise.allSettled([calls.get(paymentId), running]);
  calls.set(paymentId, all);
  try {
    return await running;
  } finally {
    if (calls.get(paymentId) === all) calls.delete(paymentId);
  }
}
