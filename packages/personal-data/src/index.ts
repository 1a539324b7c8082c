import type { ServiceName } from '@souk/contracts';
import { personalDataOf, userErased } from '@souk/contracts';
import type { Context, Endpoint, Filter, Job, Page, Store, Subscription, Tx } from '@souk/service-kit';
import { answers, implement, job, memos, on, services, system } from '@souk/service-kit';
import { nextLook } from './erasure.rules.ts';
import type { Erasure } from './erasure.store.ts';
import { erasures } from './erasure.store.ts';

export { erasures };

const PAGE = 100;
const FIRST = '0:';

/** One kind of thing that a service holds of people: how it is read for an export, and what is left of it after an erasure. */
export interface PersonalData {
  /** In the field's terms: `orders`. */
  readonly name: string;
  /** `cursor` is the one of the page before. */
  read(ctx: Context, about: { userId: string; cursor: string | undefined }): Promise<Page<object>>;
  /** May come again, and changes nothing then. Absent where only ids and figures are held, or where a service has a subscription of its own. */
  erase?(ctx: Context, userId: string): Promise<unknown>;
}

/** Documents of a store that name a person in the field `by`. */
export function personalIn<Doc extends object>(
  store: Store<Doc>,
  rule: {
    by: string;
    /** Fields that are not for the person: secrets and notes of ours. */
    hidden?: readonly string[];
    /** What is written over the documents that `where` chooses; the documents themselves stay. */
    erase?: { where: Filter; update: Filter };
  },
): PersonalData {
  const { by, hidden = [], erase } = rule;
  const shown = (document: object) => Object.fromEntries(Object.entries(document).filter(([field]) => !hidden.includes(field)));
  return {
    name: store.name,
    async read(ctx, { userId, cursor }) {
      const { data, nextCursor } = await ctx.in(store).page({ [by]: userId }, { _id: 1 }, { limit: PAGE, cursor });
      return { data: data.map(shown), nextCursor };
    },
    ...(erase && {
      erase: (ctx, userId) => ctx.transaction((tx) => tx.in(store).updateMany({ ...erase.where, [by]: userId }, erase.update)),
    }),
  };
}

/** Gives auth, for the archive of a person, what a service holds: the pages of one kind after those of the other. */
export function personalEndpoint(service: ServiceName, kinds: readonly PersonalData[]): Endpoint {
  return implement(personalDataOf(service), services('auth'), async ({ params, query: { cursor = FIRST } }, ctx) => {
    const [index = '', rest = ''] = cursor.split(/:(.*)/s);
    const kind = kinds[Number(index)];
    if (!kind) return { items: [] };
    const { data, nextCursor } = await kind.read(ctx, { userId: params.id, cursor: rest || undefined });
    const items = data.map((document) => ({ of: kind.name, document: { ...document } }));
    if (nextCursor) return { items, next: `${index}:${nextCursor}` };
    return { items, ...(Number(index) + 1 < kinds.length && { next: `${Number(index) + 1}:` }) };
  });
}

const eraser = system('a person is erased');

/** Erases what a service holds of a person, once auth has said so, and remembers to look again: for `personalJob` and its store `erasures`. */
export function personalSubscription(kinds: readonly PersonalData[]): Subscription {
  return on(userErased, async ({ data: { userId: _id } }, ctx) => {
    const erasedAt = ctx.now();
    const set = { erasedAt, nextAt: nextLook(erasedAt, erasedAt) };
    // The first commit, with which the event counts as done: should the process die after it, the job does the rest.
    await ctx.as(eraser).transaction((tx) => tx.in(erasures).updateOne({ _id }, { $set: set }, { upsert: true }));
    await eraseAll(kinds, ctx.as(eraser), _id);
  });
}

/** Forgets what is kept for repeats of a person's own requests. `tx` is the system's. */
export async function forgetAnswers(tx: Tx, userId: string): Promise<void> {
  const theirs = await tx.in(answers).find({ owner: `user:${userId}` }, { fields: ['_id'] });
  // A memo goes by the key of its request and its number there: `key#1`; the sign after # is $.
  for (const { _id } of theirs) await tx.in(memos).deleteMany({ _id: { $gt: `${_id}#`, $lt: `${_id}$` } });
  await tx.in(answers).deleteMany({ _id: { $in: theirs.map(({ _id }) => _id) } });
}

async function eraseAll(kinds: readonly PersonalData[], ctx: Context, userId: string): Promise<void> {
  await ctx.transaction((tx) => forgetAnswers(tx, userId));
  for (const { erase } of kinds) await erase?.(ctx, userId);
}

const EVERY_MS = 20_000;
const MOST_AT_ONCE = 500;

/**
 * Erases again what was written of erased people since: by a request that was under way or a token that was not yet known to be revoked,
 * or by an event that came late. So no writer has to ask who is erased, and none can forget to.
 */
export const personalJob = (kinds: readonly PersonalData[]): Job =>
  job('erase again', EVERY_MS, async (ctx) => {
    const due = await ctx.in(erasures).find({ nextAt: { $lte: ctx.now() } }, { sort: { nextAt: 1 }, limit: MOST_AT_ONCE });
    for (const erasure of due) await eraseAgain(kinds, ctx, erasure);
  });

async function eraseAgain(kinds: readonly PersonalData[], ctx: Context, { _id, erasedAt }: Erasure): Promise<void> {
  await eraseAll(kinds, ctx, _id);
  const nextAt = nextLook(erasedAt, ctx.now());
  await ctx.transaction(async (tx) => {
    // One that was said again meanwhile stays as it was said.
    if (nextAt) await tx.in(erasures).updateOne({ _id, erasedAt }, { $set: { nextAt } });
    else await tx.in(erasures).deleteOne({ _id, erasedAt });
  });
}
