import type { Context, Filter, Store } from '@souk/service-kit';
import { ofCompany, system } from '@souk/service-kit';
import { nextLook } from './offboarding.rules.ts';
import type { Offboarding } from './offboarding.store.ts';
import { offboardings } from './offboarding.store.ts';

/** Documents that one transaction removes: few enough for nobody to wait for it. */
const A_TURN = 1_000;
const MOST_DUE = 100;

/** A store of companies that stays when they are purged, and why. */
export interface Kept {
  store: Store;
  /** For whoever reads the log: the law or the promise that it is kept by. */
  because: string;
  /** What is of no use to that reason, and goes. */
  unless?: Filter;
}

/** How what a store holds of a company is removed where its declared scope does not say. */
export type Removal =
  | { store: Store; where(companyId: string): Filter }
  /** Removes a part of it, and gives how much that was; 0 once there is no more. */
  | { store: Store; remove(ctx: Context, companyId: string): Promise<number> };

export interface Holdings {
  readonly stores: readonly Store[];
  readonly keeps?: readonly Kept[];
  /** Stores that hold something of companies though they are not scoped by them. */
  readonly also?: readonly Removal[];
}

interface Part {
  name: string;
  remove(ctx: Context, companyId: string): Promise<number>;
}

/** All that is removed, one part after the other: what is named, then what is scoped by company, and the company's own document last. */
export function partsOf({ stores, keeps = [], also = [] }: Holdings): Part[] {
  const named = new Set<Store>([...keeps, ...also].map(({ store }) => store));
  const scoped = stores.filter((store) => store.scope.company !== undefined && !named.has(store));
  const isOwn = ({ scope }: Store) => Number(scope.company === '_id');
  return [
    ...also.map((removal) => ({
      name: removal.store.name,
      remove: 'remove' in removal ? removal.remove : removeWhere(removal.store, removal.where),
    })),
    ...keeps.flatMap(({ store, unless }) => (unless ? [{ name: store.name, remove: removeScoped(store, unless) }] : [])),
    ...scoped
      .sort((one, other) => isOwn(one) - isOwn(other))
      .map((store) => ({ name: store.name, remove: removeScoped(store, {}) })),
  ];
}

/** The store's own scope says whose documents these are, so that no other company's can be among them. */
const removeScoped =
  (store: Store, filter: Filter): Part['remove'] =>
  (ctx, companyId) =>
    removeTurn(ctx.as(ofCompany(companyId)), store, filter);

const removeWhere =
  (store: Store, where: (companyId: string) => Filter): Part['remove'] =>
  (ctx, companyId) =>
    removeTurn(ctx.as(system('a deleted company is purged')), store, where(companyId));

function removeTurn(ctx: Context, store: Store, filter: Filter): Promise<number> {
  return ctx.transaction(async (tx) => {
    const found = (await tx.in(store).find(filter, { fields: ['_id'], limit: A_TURN })) as { _id: string }[];
    const ids = found.map(({ _id }) => _id);
    return ids.length === 0 ? 0 : tx.in(store).deleteMany({ ...filter, _id: { $in: ids } });
  });
}

/** Purges the companies that are due. One that cannot be purged holds up no other, and stays due: what was removed of it is not there again. */
export async function purgeDue(ctx: Context, holdings: Holdings): Promise<void> {
  const due = await ctx.in(offboardings).find({ purgeAt: { $lte: ctx.now() } }, { sort: { purgeAt: 1 }, limit: MOST_DUE });
  for (const offboarding of due) {
    await purge(ctx, offboarding, holdings).catch((error: unknown) =>
      ctx.log.warn({ err: error, companyId: offboarding._id }, 'a deleted company is purged later'),
    );
  }
}

async function purge(ctx: Context, { _id, deletedAt }: Offboarding, holdings: Holdings): Promise<void> {
  const removed: Record<string, number> = {};
  for (const { name, remove } of partsOf(holdings)) removed[name] = await removeAll(() => remove(ctx, _id));
  const now = ctx.now();
  const $set = { purgedAt: now, purgeAt: nextLook(deletedAt, now) };
  await ctx.transaction((tx) => tx.in(offboardings).updateOne({ _id }, { $set, $unset: { closeAt: 1 } }));
  const kept = Object.fromEntries((holdings.keeps ?? []).map(({ store, because }) => [store.name, because]));
  ctx.log.info({ companyId: _id, removed, kept }, 'a deleted company was purged');
}

async function removeAll(removeSome: () => Promise<number>): Promise<number> {
  let all = 0;
  for (let some = await removeSome(); some > 0; some = await removeSome()) all += some;
  return all;
}
