import type { Figure } from '@souk/service-kit';
import { deadLetters } from './letter.store.ts';

/** Letters that wait for somebody; those without a consumer were set aside by a sidecar. */
export const letterFigures: readonly Figure[] = [
  {
    name: 'souk_dead_letters',
    help: 'Events that could not be worked off and that nobody has redriven or discarded',
    label: 'consumer',
    read: async (ctx) => {
      const rows = await ctx
        .in(deadLetters)
        .aggregate<{ _id: string | null; count: number }>([
          { $match: { status: 'kept' } },
          { $group: { _id: '$consumer', count: { $sum: 1 } } },
        ]);
      return Object.fromEntries(rows.map(({ _id, count }) => [_id ?? 'unknown', count]));
    },
  },
];
