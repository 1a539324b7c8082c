import { orderCancelled, orderConfirmed, orderCreated, orderRefunded, userRegistered } from '@souk/contracts';
import type { Context } from '@souk/service-kit';
import { on } from '@souk/service-kit';
import { meetCustomer, welcomeRegistered } from './profile.actions.ts';
import { reviewCustomer } from './segment.actions.ts';

/** Apart from the saga's: profiles of a busy day must not delay its orders. */
const queue = { queue: 'user.events' };

/** A guest's order has no customer. */
async function review(
  ctx: Context,
  { companyId, customerId }: { companyId: string; customerId?: string | undefined },
): Promise<void> {
  if (customerId !== undefined) await reviewCustomer(ctx, { companyId, customerId });
}

/**
 * What makes and changes profiles. Each of these only says that somebody is to be looked at: what they have spent is read from the orders
 * themselves, so repeats and any sequence end in the same.
 */
export const customerSubscriptions = [
  on(
    orderCreated,
    async ({ data: { companyId, shopId, customerId, source }, time }, ctx) => {
      if (customerId === undefined) return;
      const contact = { companyId, customerId, shopId, at: new Date(time) };
      await meetCustomer(ctx, { ...contact, source: source === 'checkout' ? 'checkout' : 'order' });
    },
    queue,
  ),
  on(
    userRegistered,
    async ({ data: { userId: customerId, role, companyId, registeredAt } }, ctx) => {
      // Colleagues name a company too.
      if (role !== 'customer' || companyId === undefined) return;
      await welcomeRegistered(ctx, { companyId, customerId, source: 'registration', at: new Date(registeredAt) });
    },
    queue,
  ),
  on(orderConfirmed, ({ data }, ctx) => review(ctx, data), queue),
  on(
    orderCancelled,
    async ({ data }, ctx) => {
      // What was never certain never counted.
      if (data.confirmed) await review(ctx, data);
    },
    queue,
  ),
  on(orderRefunded, ({ data }, ctx) => review(ctx, data), queue),
];
