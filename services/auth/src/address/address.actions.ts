import type { Address } from '@souk/contracts';
import type { Context, Tx } from '@souk/service-kit';
import { conflict, matchVersion, newId, notFound } from '@souk/service-kit';
import { addressBookFull } from '../errors.ts';
import { callerOf } from '../session/session.actions.ts';
import { announceChange, getUser, writeUser } from '../user/account.actions.ts';
import type { SavedAddress } from './address.store.ts';
import { addresses } from './address.store.ts';

const MOST_ADDRESSES = 50;

/** Every change of the book is one of the account, so that it is said, and two at once cannot outgrow the limit. */
async function touchOwner(tx: Tx, ctx: Context): Promise<void> {
  const before = await getUser(tx, callerOf(ctx).userId);
  const after = await writeUser(tx, before, { updatedAt: ctx.now() });
  announceChange(tx, after, [{ field: 'addresses' }]);
}

/** Adds to the caller's address book. Throws address_book_full. */
export function addAddress(address: Address, ctx: Context): Promise<SavedAddress> {
  const now = ctx.now();
  const saved = { _id: newId(), userId: callerOf(ctx).userId, version: 1, address, createdAt: now, updatedAt: now };
  return ctx.transaction(async (tx) => {
    if ((await tx.in(addresses).count({}, MOST_ADDRESSES)) >= MOST_ADDRESSES) throw addressBookFull();
    await tx.in(addresses).insertOne(saved);
    await touchOwner(tx, ctx);
    return saved;
  });
}

/** An entry of the caller's address book. Throws 404. */
export async function getAddress(db: Pick<Context, 'in'>, id: string): Promise<SavedAddress> {
  const saved = await db.in(addresses).findOne({ _id: id });
  if (!saved) throw notFound();
  return saved;
}

/** Replaces an entry of the caller's address book. Throws 404, 409 and 412. */
export function replaceAddress(id: string, address: Address, ctx: Context): Promise<SavedAddress> {
  return ctx.transaction(async (tx) => {
    const before = await getAddress(tx, id);
    matchVersion(ctx, before.version);
    const change = { $set: { address, updatedAt: ctx.now() }, $inc: { version: 1 } };
    const after = await tx.in(addresses).findOneAndUpdate({ _id: id, version: before.version }, change);
    if (!after) throw conflict();
    await touchOwner(tx, ctx);
    return after;
  });
}

/** Removes an entry of the caller's address book. Throws 404, 409 and 412. */
export async function removeAddress(id: string, ctx: Context): Promise<void> {
  await ctx.transaction(async (tx) => {
    const before = await getAddress(tx, id);
    matchVersion(ctx, before.version);
    if ((await tx.in(addresses).deleteOne({ _id: id, version: before.version })) === 0) throw conflict();
    await touchOwner(tx, ctx);
  });
}
