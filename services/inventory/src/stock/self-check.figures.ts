import type { Context, Figure } from '@souk/service-kit';
import type { CheckedInvariant, Invariant } from './invariant.store.ts';
import { checkedInvariants, INVARIANTS } from './invariant.store.ts';

/** Keeps for scrapes how many stock items break each invariant. */
export async function noteInvariants(ctx: Context, faults: Record<Invariant, number>): Promise<void> {
  const at = ctx.now();
  await ctx
    .in(checkedInvariants)
    .bulkWrite(
      INVARIANTS.map((_id) => ({ updateOne: { filter: { _id }, update: { $set: { faults: faults[_id], at } }, upsert: true } })),
    );
}

/** What was never checked has no faults, and an age since 1970. */
async function byInvariant(ctx: Context, figureOf: (checked: Pick<CheckedInvariant, 'faults' | 'at'>) => number) {
  const found = await ctx.in(checkedInvariants).find({});
  const never = { faults: 0, at: new Date(0) };
  return Object.fromEntries(INVARIANTS.map((name) => [name, figureOf(found.find(({ _id }) => _id === name) ?? never)]));
}

export const invariantFigures: readonly Figure[] = [
  {
    name: 'souk_invariant_faults',
    help: 'What broke an invariant when it was last checked',
    label: 'invariant',
    read: (ctx) => byInvariant(ctx, ({ faults }) => faults),
  },
  {
    name: 'souk_invariant_check_age_seconds',
    help: 'Time since an invariant was last checked',
    label: 'invariant',
    read: (ctx) => byInvariant(ctx, ({ at }) => (ctx.now().getTime() - at.getTime()) / 1000),
  },
];
