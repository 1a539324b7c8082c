import type { Gone } from '@souk/offboarding';
import type { Context } from '@souk/service-kit';
import { hideCustomers } from './customer/customer.actions.ts';
import { causeOf, changeKnownOrder } from './order.actions.ts';
import { endWithCompany } from './order.rules.ts';
import { listCancellable } from './order.store.ts';

const A_TURN = 100;

/** Cancels what is open of a company that was deleted, which gives back its money and stock, and hides its customers. */
export async function closeCompany(ctx: Context, { companyId }: Gone): Promise<void> {
  const cause = causeOf(ctx, 'company.deleted');
  let cursor: string | undefined;
  do {
    const page = await listCancellable(ctx, { limit: A_TURN, cursor });
    await Promise.all(page.data.map(({ _id }) => changeKnownOrder(ctx, _id, (order) => endWithCompany(order, cause))));
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  await hideCustomers(ctx, companyId);
}
