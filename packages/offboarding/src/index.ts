import type { EventData } from '@souk/contracts';
import { companyDeleted } from '@souk/contracts';
import type { Context, Job, Store, Subscription } from '@souk/service-kit';
import { job, ofCompany, on, system } from '@souk/service-kit';
import { nextLook } from './offboarding.rules.ts';
import type { Offboarding } from './offboarding.store.ts';
import { offboardings } from './offboarding.store.ts';
import type { Holdings } from './purge.ts';
import { purgeDue } from './purge.ts';

export { goneAmong, isGone, offboardings, purgeAgain } from './offboarding.store.ts';
export type { Kept, Removal } from './purge.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const MOST_DUE = 100;
const obeying = system('a company was deleted');

export type Gone = Pick<Offboarding, 'sequence' | 'deletedAt'> & { companyId: string };

export interface Obeying extends Holdings {
  readonly subscriptions?: readonly Subscription[];
  readonly jobs?: readonly Job[];
  /** That the fact comes by, where closing takes long and the service's main one must not wait. */
  readonly queue?: string;
  /**
   * What a service does at once, so that the company's things are gone to everyone: in the company's scope, and again after a minute and
   * ever less often until the purge, for what a process left undone or a request that was under way has written since. It must be safe
   * to repeat.
   */
  readonly close?: (ctx: Context, gone: Gone) => Promise<unknown>;
}

/**
 * A service's stores, subscriptions and jobs, with those by which it obeys `company.deleted`: it remembers the company, closes what is open
 * of it, and at `purgeAt` removes its documents from every store whose scope names a company, but for what is named in `keeps`. Kept are
 * books (ledger, payments that moved money, debts, the platform's invoices), what only says that something is gone, and each service's
 * event log. The audit trail has no part in this: nothing is ever taken from it.
 */
export function offboarding({ stores, subscriptions = [], jobs = [], queue, close, keeps = [], also = [] }: Obeying): {
  stores: readonly Store[];
  subscriptions: readonly Subscription[];
  jobs: readonly Job[];
} {
  const holdings = { stores, keeps, also };
  return {
    stores: [...stores, offboardings],
    subscriptions: [...subscriptions, subscription(close, queue)],
    jobs: [
      ...jobs,
      ...(close ? [job('close-deleted-companies', MINUTE_MS, (ctx) => closeDue(ctx, close))] : []),
      job('purge-deleted-companies', HOUR_MS, (ctx) => purgeDue(ctx, holdings)),
    ],
  };
}

type Close = NonNullable<Obeying['close']>;
type Handler = Parameters<typeof on<EventData<typeof companyDeleted>>>[1];

function subscription(close: Close | undefined, queue: string | undefined): Subscription {
  const obey: Handler = async ({ data, sequence }, ctx) => {
    const { companyId: _id, at, purgeAt } = data;
    const gone = { sequence, deletedAt: new Date(at) };
    const closeAt = new Date(ctx.now().getTime() + MINUTE_MS);
    const $setOnInsert = { ...gone, purgeAt: new Date(purgeAt), ...(close && { closeAt }) };
    // The first commit, with which the event counts as done: whatever comes in between, the jobs do the rest.
    await ctx.as(obeying).transaction((tx) => tx.in(offboardings).updateOne({ _id }, { $setOnInsert }, { upsert: true }));
    if (close) await closeOne(ctx, { ...gone, companyId: _id }, close);
  };
  return on(companyDeleted, obey, { ...(queue && { queue }) });
}

/** Gives whether it was done; if not, the job does it. */
async function closeOne(ctx: Context, gone: Gone, close: Close): Promise<boolean> {
  try {
    await close(ctx.as(ofCompany(gone.companyId)), gone);
    return true;
  } catch (error) {
    ctx.log.warn({ err: error, companyId: gone.companyId }, 'a deleted company is closed later');
    return false;
  }
}

async function closeDue(ctx: Context, close: Close): Promise<void> {
  const due = await ctx.in(offboardings).find({ closeAt: { $lte: ctx.now() } }, { sort: { closeAt: 1 }, limit: MOST_DUE });
  for (const { _id, sequence, deletedAt, purgeAt } of due) {
    if (!(await closeOne(ctx, { companyId: _id, sequence, deletedAt }, close))) continue;
    const closeAt = nextLook(deletedAt, ctx.now());
    const update = closeAt < purgeAt ? { $set: { closeAt } } : { $unset: { closeAt: 1 } };
    await ctx.transaction((tx) => tx.in(offboardings).updateOne({ _id }, update));
  }
}
