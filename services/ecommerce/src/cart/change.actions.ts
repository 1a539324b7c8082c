import type { Context } from '@souk/service-kit';
import { conflict, newId, system } from '@souk/service-kit';
import { noteId, noteOf, tellNote } from './cart.facts.ts';
import type { CartNote } from './cart.note.store.ts';
import { cartNotes } from './cart.note.store.ts';
import type { Cart, CartItem } from './cart.rules.ts';
import { remembered } from './cart.rules.ts';
import { openCart, readCart, writeCart } from './cart.state.ts';
import type { CartView } from './cart.views.ts';
import { viewCart } from './cart.views.ts';

const MOST_TRIES = 8;
/** A change that is told by its own process has been by then. */
const LOST_MS = 60_000;
/** Nobody can still be about to write a change that was written down this long ago. */
const GIVEN_UP_MS = 600_000;
const MOST_AT_ONCE = 1_000;

const books = system('facts of carts that are not told yet');

export interface Change {
  ctx: Context;
  /** An Idempotency-Key, or what else makes a repeat the same change. */
  key?: string | undefined;
  /** What the change puts into the cart. */
  added?: CartItem | undefined;
}

/**
 * Writes what `change` makes of a user's cart; under a `key` only once. First write wins: `change` runs again on what another request
 * wrote, and 409 is thrown when that happens too often. A change that gives the same cart writes nothing. `tell` is the change's note,
 * for `tellChange`, unless there is nothing to tell.
 */
export async function changeCart(
  userId: string,
  change: (cart: Cart) => Cart,
  { ctx, key = newId(), added }: Change,
): Promise<{ view: CartView; tell?: string }> {
  for (let tries = 1; tries <= MOST_TRIES; tries += 1) {
    const { cart: before, etag } = await openCart(userId, ctx);
    // It stands: of an earlier request, or of an earlier try whose answer said otherwise.
    if (before.keys.includes(key)) return { view: await viewCart(before, ctx), tell: noteId(userId, key) };
    const after = change(before);
    if (after === before) return { view: await viewCart(before, ctx) };
    const cart = { ...after, version: before.version + 1, keys: remembered(before.keys, key) };
    const view = await viewCart(cart, ctx);
    const note = noteOf(view, { userId, key, added, now: ctx.now() });
    await writeDown(note, ctx);
    if (await writeCart(userId, { cart, etag }, ctx)) return { view, tell: note._id };
  }
  await strikeOut(noteId(userId, key), ctx);
  throw conflict();
}

/** Writes what is to be told. A change that is tried again, or was cut off before it was written, has its note already. */
async function writeDown({ _id, ...fields }: CartNote, ctx: Context): Promise<void> {
  await ctx.as(books).in(cartNotes).updateOne({ _id }, { $set: fields }, { upsert: true });
}

const strikeOut = (_id: string, ctx: Context): Promise<number> => ctx.as(books).in(cartNotes).deleteOne({ _id });

/** Publishes the facts of a change that was written, unless somebody else has. */
export async function tellChange(_id: string, ctx: Context): Promise<void> {
  await ctx.as(books).transaction(async (tx) => {
    const note = await tx.in(cartNotes).findOne({ _id });
    if (note && (await tx.in(cartNotes).deleteOne({ _id })) === 1) tellNote(tx, note);
  });
}

/** Publishes what processes that died have changed and not told, and forgets what they have not changed. */
export async function tellLostChanges(ctx: Context): Promise<void> {
  const before = (ms: number) => new Date(ctx.now().getTime() - ms);
  const lost = await ctx.in(cartNotes).find({ at: { $lt: before(LOST_MS) } }, { sort: { at: 1 }, limit: MOST_AT_ONCE });
  for (const { _id, userId, key, at } of lost) {
    const { keys } = await readCart(userId, ctx);
    if (keys.includes(key)) await tellChange(_id, ctx);
    else if (at < before(GIVEN_UP_MS)) await strikeOut(_id, ctx);
  }
}

/** Forgets what is still to be told of a user's cart. */
export const forgetChanges = (userId: string, ctx: Context): Promise<number> =>
  ctx.as(books).transaction((tx) => tx.in(cartNotes).deleteMany({ userId }));
