import { startBenchDatabase } from './bench-database.ts';
import type { Order } from './gateway/load.ts';
import type { BenchProcess, Listening } from './gateway/process.ts';
import { startProcess } from './gateway/process.ts';
import type { Finding, Round } from './rounds.ts';
import { median, roundsOf, SHORT, takeTurns } from './rounds.ts';

// Short and many: whatever else the machine does changes from second to second, and both sides of a pair should meet the same.
const ROUNDS = roundsOf(41, 5);
const SECONDS = 0.5;
/** The layers between need no ratio, only a figure: they are measured in every fifth round. */
const LAYERS_EVERY = 5;
const WARM_SECONDS = SHORT ? 1 : 3;
const CONNECTIONS = 64;

const PRIVATE = '/api/orders/00000000-0000-7000-8000-000000000000';
const PUBLIC = '/api/orders/public/00000000-0000-7000-8000-000000000000';

interface GatewayHello extends Listening {
  tokens: string[];
}

/** One way to the same upstream, and what it did and cost in each round. */
interface Way {
  what: string;
  server: BenchProcess<Listening>;
  path: string;
  tokens: string[];
  rates: number[];
  costsUs: number[];
}

type Ways = Record<'bare' | 'streams' | 'express' | 'public' | 'gateway', Way>;

/** Reads through the gateway, which asks its services directly, against a bare proxy before the same upstream. */
export async function benchGateway(): Promise<Finding> {
  const database = await startBenchDatabase();
  const started: BenchProcess<unknown>[] = [];
  const start = async <Hello>(name: string, env: Record<string, string> = {}) => {
    const one = await startProcess<Hello>(name, env);
    started.push(one);
    return one;
  };
  try {
    const upstream = await start<Listening>('upstream');
    const env = { UPSTREAM: `http://127.0.0.1:${upstream.hello.port}`, DATABASE: database.uri };
    const load = await start<object>('load');
    const gateway = await start<GatewayHello>('gateway-process', env);
    const bare = await start<Listening>('bare-proxy', env);
    const streams = await start<Listening>('bare-proxy', { ...env, FRONT: 'streams' });
    const withExpress = await start<Listening>('bare-proxy', { ...env, FRONT: 'express' });
    const { tokens } = gateway.hello;
    const way = (what: string, server: BenchProcess<Listening>, path = PRIVATE, own = tokens): Way => ({
      what,
      server,
      path,
      tokens: own,
      rates: [],
      costsUs: [],
    });
    const ways = {
      bare: way('bare proxy: node:http and undici', bare),
      streams: way('the same by streams: Pool.request and pipe', streams),
      express: way('the bare proxy behind Express 5', withExpress),
      public: way('gateway, a read that needs no token', gateway, PUBLIC, []),
      gateway: way('gateway, a read with a token: checked, and counted for its user', gateway),
    };
    return await measure(load, ways);
  } finally {
    await Promise.all(started.map((one) => one.stop()));
    await database.stop();
  }
}

async function measure(load: BenchProcess<object>, ways: Ways): Promise<Finding> {
  const run = async (way: Way, seconds = SECONDS): Promise<Round> => {
    const { server, path, tokens } = way;
    const order: Order = { port: server.hello.port, path, tokens, connections: CONNECTIONS, seconds };
    const before = await server.ask<number>('cost');
    const round = await load.ask<Round>(order);
    const spentUs = (await server.ask<number>('cost')) - before;
    way.rates.push(round.perSecond);
    way.costsUs.push(spentUs / (round.perSecond * seconds));
    return round;
  };
  const all = Object.values(ways);
  for (const way of all) await run(way, WARM_SECONDS);
  for (const way of all) way.rates.length = way.costsUs.length = 0;
  let round = 0;
  const limit = async () => {
    round += 1;
    if (round % LAYERS_EVERY === 0) for (const way of [ways.streams, ways.express, ways.public]) await run(way);
    return run(ways.bare);
  };
  const turns = await takeTurns({ ours: () => run(ways.gateway), limit }, ROUNDS);
  return { name: 'gateway read', unit: 'reads', bar: 0.45, target: 0.6, ...turns, details: describe(all) };
}

function describe(ways: readonly Way[]): string[] {
  const [bareUs = Number.NaN] = ways.map(({ costsUs }) => median(costsUs));
  const rows = ways.map(({ what, rates, costsUs }) => {
    const us = median(costsUs);
    return `| ${what} | ${Math.round(median(rates)).toLocaleString('en')} | ${us.toFixed(0)} | ${(us - bareUs).toFixed(0)} |`;
  });
  return [
    `${CONNECTIONS} connections with a token each read 1 kB of JSON from one upstream, ${SECONDS} s a round, ${ROUNDS} rounds; each part is a`,
    'process of its own and no sidecar is on the way. Limits count, and are never reached.',
    '',
    '| layers | reads/s | us of processor per read | above the bare proxy |',
    '|---|---|---|---|',
    ...rows,
  ];
}
