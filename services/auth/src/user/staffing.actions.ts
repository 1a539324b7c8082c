import type { Envelope } from '@souk/contracts';
import type { Gone } from '@souk/offboarding';
import type { Context, Tx } from '@souk/service-kit';
import { system } from '@souk/service-kit';
import { endKeysOf } from '../api-key/api-key.actions.ts';
import { changeRights } from './account.actions.ts';
import { companyGuard, shopGuard, takeTurn } from './guard.store.ts';
import { beginRound, walkRound } from './round.actions.ts';
import type { Round } from './round.store.ts';
import { companyTombstone, staffingKey, staffings, tombstones } from './staffing.store.ts';
import type { User } from './user.store.ts';
import { users } from './user.store.ts';

type StaffingEvent = Envelope<{ shopId: string; userId: string; companyId: string }>;

const everywhere = system('what other services say of staff');

/** Keeps the shops of a user as the shop service has them, whatever sequence its words come in. */
export async function staffShop(event: StaffingEvent, isAssigned: boolean, ctx: Context): Promise<void> {
  const { shopId, userId, companyId } = event.data;
  await ctx.as(everywhere).transaction(async (tx) => {
    if (!(await isNews(tx, event, isAssigned))) return;
    await takeTurn(tx, shopGuard(shopId));
    if (isAssigned && (await tx.in(tombstones).findOne({ _id: `shop:${shopId}` }))) return;
    const user = await tx.in(users).findOne({ _id: userId, companyId });
    if (!user || user.shopIds.includes(shopId) === isAssigned) return;
    const others = user.shopIds.filter((other) => other !== shopId);
    await setShops(tx, user, { shopIds: isAssigned ? [...others, shopId] : others, at: ctx.now() });
  });
}

/** Remembers what was said; false when something later was said before. */
async function isNews(tx: Tx, { data, sequence }: StaffingEvent, isAssigned: boolean): Promise<boolean> {
  const key = staffingKey(data);
  const known = await tx.in(staffings).findOne({ _id: key });
  if (!known) await tx.in(staffings).insertOne({ _id: key, isAssigned, sequence });
  else if (known.sequence < sequence) await tx.in(staffings).updateOne({ _id: key }, { $set: { isAssigned, sequence } });
  return !known || known.sequence < sequence;
}

const setShops = (tx: Tx, user: User, change: { shopIds: string[]; at: Date }) =>
  changeRights(tx, user, { set: { shopIds: change.shopIds }, at: change.at });

/** Takes a shop that is gone from everybody who worked there. */
export async function closeShop(shopId: string, ctx: Context): Promise<void> {
  const round: Pick<Round, 'kind' | 'aboutId'> = { kind: 'shop_closed', aboutId: shopId };
  await ctx.as(everywhere).transaction(async (tx) => {
    await takeTurn(tx, shopGuard(shopId));
    await bury(tx, `shop:${shopId}`, ctx.now());
    await beginRound(tx, round, ctx.now());
  });
  await walkRound(round, ctx);
}

/** Switches the accounts of a deleted company off. From its first commit on, nobody gets a token of it and it may not write. */
export async function closeCompany(ctx: Context, { companyId }: Gone): Promise<void> {
  const round: Pick<Round, 'kind' | 'aboutId'> = { kind: 'company_closed', aboutId: companyId };
  await ctx.as(everywhere).transaction(async (tx) => {
    await takeTurn(tx, companyGuard(companyId));
    await bury(tx, companyTombstone(companyId), ctx.now());
    await beginRound(tx, round, ctx.now());
    await endKeysOf(tx, companyId, ctx.now());
  });
  await walkRound(round, ctx);
}

async function bury(tx: Tx, key: string, at: Date): Promise<void> {
  await tx.in(tombstones).updateOne({ _id: key }, { $setOnInsert: { at } }, { upsert: true });
}
