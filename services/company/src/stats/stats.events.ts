import {
  paymentRefunded,
  paymentSuccess,
  shopCreated,
  shopDeleted,
  shopUpdated,
  userDeactivated,
  userErased,
  userReactivated,
  userRegistered,
  userUpdated,
} from '@souk/contracts';
import type { Context } from '@souk/service-kit';
import { on } from '@souk/service-kit';
import type { Account } from './stats.actions.ts';
import { countRevenue, forgetUser, noteShop, noteUser } from './stats.actions.ts';

interface Told<Data> {
  data: Data;
  sequence: number;
}

type ToldUser = Pick<Account, 'companyId' | 'role'> & { userId: string };

const account = ({ data: { userId, companyId, role }, sequence }: Told<ToldUser>, isActive: boolean, ctx: Context) =>
  noteUser(ctx, { _id: userId, companyId, role, isActive, sequence });

const shop = ({ data, sequence }: Told<{ shopId: string; companyId: string }>, isOpen: boolean, ctx: Context) =>
  noteShop(ctx, { _id: data.shopId, companyId: data.companyId, isOpen, sequence });

/** Only payments of orders are revenue: a debt that is paid was revenue when its order was taken on account. */
export const statsSubscriptions = [
  on(paymentSuccess, async ({ data: { orderId, companyId, customerId, amount, currency } }, ctx) => {
    if (orderId === undefined) return;
    await ctx.batch(countRevenue, { companyId, currency, customerId, captured: amount, refunded: 0, orders: 1 });
  }),
  on(paymentRefunded, async ({ data: { orderId, companyId, refundAmount, currency } }, ctx) => {
    if (orderId === undefined) return;
    await ctx.batch(countRevenue, { companyId, currency, captured: 0, refunded: refundAmount, orders: 0 });
  }),
  on(shopCreated, (event, ctx) => shop(event, event.data.isActive, ctx)),
  on(shopUpdated, (event, ctx) => shop(event, event.data.isActive, ctx)),
  on(shopDeleted, (event, ctx) => shop(event, false, ctx)),
  on(userRegistered, (event, ctx) => account(event, true, ctx)),
  on(userUpdated, (event, ctx) => account(event, event.data.isActive, ctx)),
  on(userDeactivated, (event, ctx) => account(event, false, ctx)),
  on(userReactivated, (event, ctx) => account(event, true, ctx)),
  on(userErased, (event, ctx) => forgetUser(ctx, event.data.userId, event.sequence)),
];
