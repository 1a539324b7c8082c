import type { Context } from '@souk/service-kit';
import { job } from '@souk/service-kit';
import { checkPayment, duePayments } from './advance.actions.ts';

const EVERY_MS = 1_000;
const MOST_AT_ONCE = 200;
const SIDE_BY_SIDE = 8;

/** Goes on with every payment whose next step or look is due: what a crash, a lost reply or a lost webhook left. */
export const settleDue = job('settle-payments', EVERY_MS, async (ctx) => {
  const due = await duePayments(ctx, MOST_AT_ONCE);
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, () => workThrough(ctx, due)));
});

/** Takes payments off the list until it is empty; one that fails keeps its place in the books and waits for the next run. */
async function workThrough(ctx: Context, due: Awaited<ReturnType<typeof duePayments>>): Promise<void> {
  for (let payment = due.shift(); payment; payment = due.shift()) {
    const { _id } = payment;
    await checkPayment(ctx, payment).catch((error) =>
      ctx.log.warn({ err: error, paymentId: _id }, 'a payment could not be settled yet'),
    );
  }
}
