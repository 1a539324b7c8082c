import type { Role } from '@souk/contracts';
import type { Context } from '@souk/service-kit';
import { defineBatch, keepNewest, system } from '@souk/service-kit';
import type { Buyer, CompanyShop } from './stats.store.ts';
import { buyers, companyShops, companyUsers, revenues } from './stats.store.ts';

/** One movement of an order's money, in minor units. */
export interface Movement {
  companyId: string;
  currency: string;
  customerId?: string | undefined;
  captured: number;
  refunded: number;
  orders: number;
}

/** Every payment of a company counts on one document, so they are counted together. */
export const countRevenue = defineBatch<Movement, null>('company.count_revenue', async (entries, tx) => {
  const movements = entries.map(({ request }) => request);
  await tx.in(revenues).bulkWrite(
    [...summed(movements)].map(([_id, { companyId, currency, captured, refunded, orders }]) => ({
      updateOne: {
        filter: { _id },
        update: { $setOnInsert: { companyId, currency }, $inc: { captured, refunded, orders } },
        upsert: true,
      },
    })),
  );
  await tx.in(buyers).bulkWrite(
    buyersAmong(movements).map(({ _id, companyId }) => ({
      updateOne: { filter: { _id }, update: { $setOnInsert: { companyId } }, upsert: true },
    })),
  );
  return entries.map(() => ({ value: null }));
});

function summed(movements: readonly Movement[]): Map<string, Movement> {
  const sums = new Map<string, Movement>();
  for (const movement of movements) {
    const key = `${movement.companyId}:${movement.currency}`;
    const sum = sums.get(key) ?? { ...movement, captured: 0, refunded: 0, orders: 0 };
    const captured = sum.captured + movement.captured;
    sums.set(key, { ...sum, captured, refunded: sum.refunded + movement.refunded, orders: sum.orders + movement.orders });
  }
  return sums;
}

function buyersAmong(movements: readonly Movement[]): Buyer[] {
  const found = movements.flatMap(({ companyId, customerId, orders }) =>
    customerId !== undefined && orders > 0 ? [[`${companyId}:${customerId}`, companyId] as const] : [],
  );
  return [...new Map(found)].map(([_id, companyId]) => ({ _id, companyId }));
}

/** Keeps the latest that was told of a shop. */
export const noteShop = (ctx: Context, shop: CompanyShop) => keepNewest(ctx, companyShops, shop);

export interface Account {
  _id: string;
  companyId?: string | undefined;
  role: Role;
  isActive: boolean;
  sequence: number;
}

/** Keeps the latest that was told of a staff account. Customers are counted by what they buy: only one who was staff is noted. */
export async function noteUser(ctx: Context, account: Account): Promise<void> {
  const isStaff = account.role !== 'customer';
  const facts = ctx.as(system('an account may move from one company to another')).in(companyUsers);
  if (!isStaff && !(await facts.findOne({ _id: account._id }, { fields: ['_id'] }))) return;
  const { companyId = null, isActive, ...rest } = account;
  await keepNewest(ctx, companyUsers, { ...rest, companyId, isActive: isActive && isStaff });
}

/** An erased account is nobody's staff any more; a fact about it that comes later than this one changes nothing. */
export const forgetUser = (ctx: Context, userId: string, sequence: number) =>
  keepNewest(ctx, companyUsers, { _id: userId, companyId: null, role: 'customer', isActive: false, sequence });

/** What a company has earned and has. The context's scope must reach the company. */
export async function companyStats(ctx: Context, companyId: string) {
  const [money, shops, staff, customers] = await Promise.all([
    ctx.in(revenues).find({ companyId }, { sort: { _id: 1 } }),
    ctx.in(companyShops).count({ companyId, isOpen: true }),
    ctx.in(companyUsers).count({ companyId, isActive: true }),
    ctx.in(buyers).count({ companyId }),
  ]);
  return {
    companyId,
    revenue: money.map(({ currency, captured, refunded }) => ({ currency, captured, refunded, net: captured - refunded })),
    orders: money.reduce((sum, { orders }) => sum + orders, 0),
    ...{ shops, staff, customers },
  };
}
