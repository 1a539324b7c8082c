import type { Round } from '../rounds.ts';
import { median } from '../rounds.ts';
import type { Order } from './load.ts';
import type { BenchProcess, Listening } from './process.ts';

export const CONNECTIONS = 64;

/** One way to an answer, and what it did and cost in each round. */
export interface Way {
  what: string;
  ask: Pick<Order, 'port' | 'path'> & Partial<Order>;
  /** Microseconds of processor time so far, of all that is to be counted. */
  spentUs(): Promise<number>;
  rates: number[];
  costsUs: number[];
}

/** A way to a process, whose own processor time counts. */
export const wayTo = (what: string, server: BenchProcess<Listening>, ask: Omit<Way['ask'], 'port'>): Way => ({
  ...{ what, ask: { ...ask, port: server.hello.port }, rates: [], costsUs: [] },
  spentUs: () => server.ask<number>('cost'),
});

/** Sends along a way for some seconds, and writes down what came of it. */
export async function sendAlong(load: BenchProcess<object>, way: Way, seconds: number): Promise<Round> {
  const order: Order = { tokens: [], connections: CONNECTIONS, seconds, ...way.ask };
  const beforeUs = await way.spentUs();
  const round = await load.ask<Round>(order);
  way.costsUs.push(((await way.spentUs()) - beforeUs) / (round.perSecond * seconds));
  way.rates.push(round.perSecond);
  return round;
}

/** Lets everything on all ways be compiled and connected, and forgets what that cost. */
export async function warmUp(load: BenchProcess<object>, ways: readonly Way[], seconds: number): Promise<void> {
  for (const way of ways) {
    await sendAlong(load, way, seconds);
    way.rates.length = way.costsUs.length = 0;
  }
}

/** A table of ways, the first of which the others are compared with. */
export function tableOf(ways: readonly Way[]): string[] {
  const [firstUs = Number.NaN] = ways.map(({ costsUs }) => median(costsUs));
  return [
    '| layers | reads/s | us of processor per read | above the first |',
    '|---|---|---|---|',
    ...ways.map(({ what, rates, costsUs }) => {
      const us = median(costsUs);
      return `| ${what} | ${Math.round(median(rates)).toLocaleString('en')} | ${us.toFixed(0)} | ${(us - firstUs).toFixed(0)} |`;
    }),
  ];
}
