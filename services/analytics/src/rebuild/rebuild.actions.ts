import { purgeAgain } from '@souk/offboarding';
import type { Context } from '@souk/service-kit';
import { newId, notFound, readLog } from '@souk/service-kit';
import { rebuildRunning } from '../errors.ts';
import { knownOrders } from '../order/order.store.ts';
import { productRollups, rollups } from '../order/rollup.store.ts';
import { GENERATIONS, generations, readGenerations } from './generation.store.ts';
import type { Progress, Rebuild } from './rebuild.store.ts';
import { rebuilds } from './rebuild.store.ts';
import { applyPage, PRODUCERS, typesOf } from './replay.actions.ts';

/** A run of the job stops after this long, well within its lease; the next one goes on from where it was. */
const RUN_MS = 10_000;
/** How long the figures of before are kept for those who are reading them. */
const KEEP_MS = 60_000;

/**
 * Begins to build the figures anew, beside those that are shown. From this commit on live facts are counted in both; what was
 * delivered before has its place in its producer's log, which is read from its beginning to its end. So nothing is missing in between,
 * and what comes both ways counts once. Throws `analytics.rebuild_running` when one has begun already.
 */
export async function startRebuild(ctx: Context): Promise<Rebuild> {
  return ctx.transaction(async (tx) => {
    const { live, building, since } = await readGenerations(tx);
    if (building !== null) throw rebuildRunning();
    const rebuild: Rebuild = {
      _id: newId(),
      status: 'running',
      generation: live + 1,
      startedAt: ctx.now(),
      startedBy: ctx.caller?.userId ?? 'system',
      progress: PRODUCERS.map((producer) => ({ producer, position: 0, facts: 0 })),
    };
    await tx.in(rebuilds).insertOne(rebuild);
    const update = { $set: { building: rebuild.generation }, $setOnInsert: { live, since } };
    await tx.in(generations).updateOne({ _id: GENERATIONS }, update, { upsert: true });
    return rebuild;
  });
}

export async function getRebuild(ctx: Context, rebuildId: string): Promise<Rebuild> {
  const rebuild = await ctx.in(rebuilds).findOne({ _id: rebuildId });
  if (!rebuild) throw notFound();
  return rebuild;
}

/** Goes on with the rebuild that is running, if there is one; otherwise clears up after the last. Safe to cut off anywhere. */
export async function continueRebuild(ctx: Context): Promise<void> {
  const rebuild = await ctx.in(rebuilds).findOne({ status: 'running' });
  if (!rebuild) return dropOldFigures(ctx);
  const deadline = ctx.now().getTime() + RUN_MS;
  for (const progress of rebuild.progress) {
    if (!(await replayLog(ctx, { rebuild, progress, deadline }))) return;
  }
  await showRebuilt(ctx, rebuild);
}

interface Replaying {
  rebuild: Rebuild;
  progress: Progress;
  deadline: number;
}

/** Reads on in one log. True when its end is reached, false when the time is up. */
async function replayLog(ctx: Context, { rebuild, progress, deadline }: Replaying): Promise<boolean> {
  const { producer } = progress;
  while (ctx.now().getTime() < deadline) {
    const events = await readLog(ctx.invoke, { producer, types: typesOf(producer), after: progress.position });
    const last = events.at(-1);
    if (!last) return true;
    await applyPage(ctx, events, rebuild.generation);
    progress.position = last.position;
    progress.facts += events.length;
    await ctx.in(rebuilds).updateOne({ _id: rebuild._id }, { $set: { progress: rebuild.progress } });
  }
  return false;
}

/** Shows the new figures instead of the old ones, at once for everybody. */
async function showRebuilt(ctx: Context, { _id, generation }: Rebuild): Promise<void> {
  const now = ctx.now();
  await ctx.transaction(async (tx) => {
    const shown = { $set: { live: generation, building: null, since: now } };
    const { matched } = await tx.in(generations).updateOne({ _id: GENERATIONS, building: generation }, shown);
    if (matched === 1) await tx.in(rebuilds).updateOne({ _id }, { $set: { status: 'done', finishedAt: now } });
    // The logs tell of companies whose figures were purged, too.
    await purgeAgain(tx, now);
  });
  ctx.log.info({ rebuildId: _id, generation }, 'rebuilt figures are shown');
}

async function dropOldFigures(ctx: Context): Promise<void> {
  const { live, since } = await readGenerations(ctx);
  if (live === 1 || ctx.now().getTime() - since.getTime() < KEEP_MS) return;
  const old = { generation: { $lt: live } };
  for (const store of [rollups, productRollups, knownOrders])
    if (await ctx.in<{ _id: string }>(store).findOne(old, { fields: ['_id'] }))
      await ctx.in<{ _id: string }>(store).deleteMany(old);
}
