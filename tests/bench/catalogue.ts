import { withFleet } from './gateway/fleet.ts';
import type { BenchProcess, Listening } from './gateway/process.ts';
import type { Way } from './gateway/ways.ts';
import { CONNECTIONS, sendAlong, tableOf, warmUp, wayTo } from './gateway/ways.ts';
import type { Finding } from './rounds.ts';
import { median, roundsOf, SHORT, takeTurns } from './rounds.ts';

const ROUNDS = roundsOf(21, 3);
const SECONDS = SHORT ? 1 : 2;
const WARM_SECONDS = SHORT ? 1 : 3;

const SEARCH = '/api/products?q=oak%20mug&limit=20';
/** Who says who they are is never answered from memory. */
const AS_SOMEBODY = 'cookie: who=somebody';

interface Pair {
  remembered: Way;
  fetched: Way;
}

/** A search that strangers may share, from the gateway's memory, against the same search fetched from the service each time. */
export const benchCatalogue = (): Promise<Finding> =>
  withFleet(async ({ start }) => {
    const load = await start<object>('load');
    const pairOf = async (service: BenchProcess<Listening>, what: string): Promise<Pair> => {
      const gateway = await start<Listening>('gateway-process', { UPSTREAM: `http://127.0.0.1:${service.hello.port}` });
      const way = (how: string, header?: string): Way => ({
        ...wayTo(`${what}, ${how}`, gateway, { path: SEARCH, ...(header && { header }) }),
        spentUs: async () => (await gateway.ask<number>('cost')) + (await service.ask<number>('cost')),
      });
      return { fetched: way('fetched', AS_SOMEBODY), remembered: way('from memory') };
    };
    const real = await pairOf(await start<Listening>('catalogue-process'), 'ecommerce');
    const quick = await pairOf(await start<Listening>('upstream'), 'a service that answers 1 kB at once');
    const turns = await duel(load, real);
    const hardest = await duel(load, quick);
    const details = [
      `${CONNECTIONS} connections without tokens search for a product, ${SECONDS} s a round, ${ROUNDS} rounds. Fetched is the same read with a cookie, which is never`,
      'answered from memory. The service is the real one, on a database with 300 products of two variants, a page of 20 of them; an answer from',
      'memory is at most one second old, so it is fetched every second in those rounds too. Processor time is that of gateway and service.',
      '',
      ...tableOf([real.fetched, real.remembered]),
      '',
      `Before a service that costs nothing, which leaves memory the least to save, the ratio is ${median(hardest.ratios).toFixed(2)}; it has no bar.`,
      '',
      ...tableOf([quick.fetched, quick.remembered]),
    ];
    return { name: 'catalogue read', unit: 'reads', bar: 3, ...turns, details };
  });

async function duel(load: BenchProcess<object>, { remembered, fetched }: Pair) {
  await warmUp(load, [remembered, fetched], WARM_SECONDS);
  const ours = () => sendAlong(load, remembered, SECONDS);
  return takeTurns({ ours, limit: () => sendAlong(load, fetched, SECONDS) }, ROUNDS);
}
