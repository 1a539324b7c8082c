/** What one side did in one round. */
export interface Round {
  /** What was done, per second. */
  perSecond: number;
  /** The time that 99 of 100 took at most. */
  p99Ms: number;
}

/** Two programs that do the same work, taken in turns. */
export interface Duel {
  ours(): Promise<Round>;
  limit(): Promise<Round>;
}

/** One ratio with everything that it was made from. */
export interface Finding {
  name: string;
  unit: string;
  /** The least ratio that is accepted. */
  bar: number;
  target?: number;
  ratio: number;
  ratios: number[];
  ours: Round;
  limit: Round;
  /** Markdown below the figures: layers, stages, what was tried. */
  details: string[];
}

export const SHORT = process.env.SOUK_BENCH_SHORT === '1';

/** How many rounds to take: `full`, or as many as SOUK_BENCH_ROUNDS says; fewer in a short run. */
export const roundsOf = (full: number, short = 2): number => Number(process.env.SOUK_BENCH_ROUNDS ?? (SHORT ? short : full));

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low = Number.NaN, high = Number.NaN] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[middle]];
  return (low + high) / 2;
}

/** The value that a share of all do not exceed; NaN of none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

/** What a round's latencies, in milliseconds, come to over `seconds`. */
export function roundOf(latenciesMs: readonly number[], seconds: number): Round {
  return { perSecond: latenciesMs.length / seconds, p99Ms: quantile(latenciesMs, 0.99) };
}

/** Rounds in turns, the one that begins changing each time, so that a slow minute of the machine falls on both. */
export async function takeTurns(duel: Duel, rounds: number): Promise<Pick<Finding, 'ratio' | 'ratios' | 'ours' | 'limit'>> {
  const ours: Round[] = [];
  const limit: Round[] = [];
  for (let round = 0; round < rounds; round += 1) {
    if (round % 2 === 1) limit.push(await duel.limit());
    ours.push(await duel.ours());
    if (round % 2 === 0) limit.push(await duel.limit());
  }
  const ratios = ours.map(({ perSecond }, round) => perSecond / (limit[round]?.perSecond ?? Number.NaN));
  return { ratio: median(ratios), ratios, ours: middleRound(ours), limit: middleRound(limit) };
}

function middleRound(rounds: readonly Round[]): Round {
  return { perSecond: median(rounds.map((round) => round.perSecond)), p99Ms: median(rounds.map((round) => round.p99Ms)) };
}
