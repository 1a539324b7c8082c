import type { Figures } from '../order/movement.rules.ts';
import { FIGURES, ZERO } from '../order/movement.rules.ts';

/** Sums as they are shown: with what follows from them. */
export interface ShownFigures extends Figures {
  net: number;
  /** Gross by orders, rounded half up to a minor unit; 0 without orders. */
  averageOrder: number;
}

/** The sum of sums. */
export function figuresOf(sums: readonly Partial<Figures>[]): ShownFigures {
  const total: Figures = { ...ZERO };
  for (const sum of sums) for (const name of FIGURES) total[name] += sum[name] ?? 0;
  const { gross, refunds, orders } = total;
  return { ...total, net: gross - refunds, averageOrder: orders === 0 ? 0 : Math.floor((2 * gross + orders) / (2 * orders)) };
}

export type Bucket = Partial<Figures> & { at: Date };

/** Figures of each period, zeros included. `starts` are ascending; buckets before the first belong to none. */
export function pointsOf(starts: readonly number[], buckets: readonly Bucket[]): { start: number; figures: ShownFigures }[] {
  const within: Bucket[][] = starts.map(() => []);
  const sorted = [...buckets].sort((a, b) => a.at.getTime() - b.at.getTime());
  let index = -1;
  for (const bucket of sorted) {
    while (index + 1 < starts.length && (starts[index + 1] ?? 0) <= bucket.at.getTime()) index += 1;
    within[index]?.push(bucket);
  }
  return starts.map((start, place) => ({ start, figures: figuresOf(within[place] ?? []) }));
}
