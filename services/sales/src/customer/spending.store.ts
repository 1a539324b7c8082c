import type { Db } from '@souk/service-kit';
import type { Order } from '../order.model.ts';
import { orders } from '../order.store.ts';
import type { Customer } from './customer.store.ts';

type Person = Pick<Customer, 'companyId' | 'customerId'>;

/** What somebody's orders in one currency come to, in minor units; `refunded` is not taken off `total`. */
export interface Spending {
  _id: string;
  count: number;
  total: number;
  refunded: number;
}

/** Orders that became certain and were not cancelled since. */
const counted = ({ companyId, customerId }: Person) => ({
  companyId,
  customerId,
  status: { $in: ['confirmed', 'processing', 'shipped', 'delivered', 'completed', 'returned'] },
});

const sums = {
  count: { $sum: 1 },
  total: { $sum: '$pricing.total' },
  // An order of which nothing was given back has no such field, and adds nothing.
  refunded: { $sum: '$refundedTotal' },
};

/** All that somebody ordered at a company, by currency, as far as the caller may see its orders. */
export const sumOrders = (db: Db, person: Person): Promise<Spending[]> =>
  db
    .in(orders)
    .aggregate<Spending>([{ $match: counted(person) }, { $group: { _id: '$currency', ...sums } }, { $sort: { _id: 1 } }]);

/** What somebody has spent at a company since a moment, by when the orders became certain. */
export async function sumSince(db: Db, person: Person, window: { from: Date; currency: string }): Promise<number> {
  const { from, currency } = window;
  const match = { ...counted(person), confirmedAt: { $gt: from }, currency };
  const [sum] = await db.in(orders).aggregate<Spending>([{ $match: match }, { $group: { _id: '$currency', ...sums } }]);
  return sum ? sum.total - sum.refunded : 0;
}

/** The newest of the orders that count. */
export const findLastOrder = (db: Db, person: Person): Promise<Order | null> =>
  db.in(orders).findOne(counted(person), { sort: { createdAt: -1, _id: -1 } });
