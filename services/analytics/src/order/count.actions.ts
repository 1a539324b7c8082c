import type { Context, Tx } from '@souk/service-kit';
import { BatchConflict, defineBatch } from '@souk/service-kit';
import { readGenerations } from '../rebuild/generation.store.ts';
import { noteChanged } from '../signal/signal.actions.ts';
import type { Movement } from './movement.rules.ts';
import { differenceOf, placeName } from './movement.rules.ts';
import type { OrderFact, OrderState } from './order.rules.ts';
import { learn, NOTHING_KNOWN } from './order.rules.ts';
import type { KnownOrder } from './order.store.ts';
import { knownOrders } from './order.store.ts';
import { productRollups, rollups } from './rollup.store.ts';

export interface Counted {
  fact: OrderFact;
  /** The one generation that a rebuild replays into; live facts go into all there are. */
  generation?: number;
}

/**
 * Counts facts: up to 200 of them in one transaction, because the orders of an hour fight over few sums. Orders remember what was told,
 * so a fact that is delivered and replayed counts once.
 */
export const countFacts = defineBatch<Counted, null>('analytics.count', async (entries, tx) => {
  const { live, building } = await readGenerations(tx);
  for (const generation of building === null ? [live] : [live, building]) {
    const facts = entries.flatMap(({ request }) => ((request.generation ?? generation) === generation ? [request.fact] : []));
    const moved = await countInto(tx, generation, facts);
    if (generation === live) await noteChanged(tx, moved);
  }
  return entries.map(() => ({ value: null }));
});

/** Counts a fact, if it is one that counts. */
export async function countFact(ctx: Context, fact: OrderFact | undefined): Promise<void> {
  if (fact) await ctx.batch(countFacts, { fact });
}

async function countInto(tx: Tx, generation: number, facts: readonly OrderFact[]): Promise<Movement[]> {
  if (facts.length === 0) return [];
  const idOf = (orderId: string) => `${generation}:${orderId}`;
  const found = await tx.in(knownOrders).find({ _id: { $in: [...new Set(facts.map(({ orderId }) => idOf(orderId)))] } });
  const known = new Map(found.map((order) => [order._id, order]));
  const after = new Map<string, OrderState>();
  for (const fact of facts) {
    const _id = idOf(fact.orderId);
    const before = after.get(_id) ?? known.get(_id) ?? NOTHING_KNOWN;
    const now = learn(before, fact);
    if (now !== before) after.set(_id, now);
  }
  const changed = [...after].map(([_id, state]) => ({ _id, before: known.get(_id), after: state }));
  const moved = differenceOf(changed.map(({ before, after: state }) => ({ before: before ?? NOTHING_KNOWN, after: state })));
  await keepOrders(tx, generation, changed);
  await addUp(tx, generation, moved);
  return moved;
}

interface ChangedOrder {
  _id: string;
  before: KnownOrder | undefined;
  after: OrderState;
}

async function keepOrders(tx: Tx, generation: number, changed: readonly ChangedOrder[]): Promise<void> {
  const added = changed.flatMap(({ _id, before, after }) => (before ? [] : [{ ...after, _id, generation, version: 1 }]));
  await tx.in(knownOrders).insertMany(added);
  const writes = changed.flatMap(({ _id, before, after: { sale, cancelledAt, refunds } }) => {
    if (!before) return [];
    const update = { $set: { ...(sale && { sale }), ...(cancelledAt && { cancelledAt }), refunds }, $inc: { version: 1 } };
    return [{ updateOne: { filter: { _id, version: before.version }, update } }];
  });
  const { modified } = await tx.in(knownOrders).bulkWrite(writes);
  if (modified !== writes.length) throw new BatchConflict();
}

async function addUp(tx: Tx, generation: number, moved: readonly Movement[]): Promise<void> {
  const writes = moved.map(({ place, change }) => {
    const { bucket, ...rest } = place;
    const filter = { _id: `${generation}:${placeName(place)}` };
    const update = { $setOnInsert: { generation, ...rest, at: new Date(bucket) }, $inc: change };
    return { isProduct: place.productId !== undefined, write: { updateOne: { filter, update, upsert: true } } };
  });
  const of = (isProduct: boolean) => writes.flatMap((each) => (each.isProduct === isProduct ? [each.write] : []));
  await tx.in(rollups).bulkWrite(of(false));
  await tx.in(productRollups).bulkWrite(of(true));
}
