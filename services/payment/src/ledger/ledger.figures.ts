import type { Context, Figure } from '@souk/service-kit';
import type { CheckedInvariant } from './invariant.store.ts';
import { checkedInvariants, INVARIANT } from './invariant.store.ts';

/** Keeps for scrapes how many companies' books in one currency do not sum to zero. */
export const noteUnbalanced = (ctx: Context, faults: number) =>
  ctx.in(checkedInvariants).updateOne({ _id: INVARIANT }, { $set: { faults, at: ctx.now() } }, { upsert: true });

/** What was never checked has no faults, and an age since 1970. */
const lastCheck = async (ctx: Context): Promise<Pick<CheckedInvariant, 'faults' | 'at'>> =>
  (await ctx.in(checkedInvariants).findOne({ _id: INVARIANT })) ?? { faults: 0, at: new Date(0) };

export const ledgerFigures: readonly Figure[] = [
  {
    name: 'souk_invariant_faults',
    help: 'What broke an invariant when it was last checked',
    label: 'invariant',
    read: async (ctx) => ({ [INVARIANT]: (await lastCheck(ctx)).faults }),
  },
  {
    name: 'souk_invariant_check_age_seconds',
    help: 'Time since an invariant was last checked',
    label: 'invariant',
    read: async (ctx) => ({ [INVARIANT]: (ctx.now().getTime() - (await lastCheck(ctx)).at.getTime()) / 1000 }),
  },
];
