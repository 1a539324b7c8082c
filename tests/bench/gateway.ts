import type { Fleet } from './gateway/fleet.ts';
import { withFleet } from './gateway/fleet.ts';
import type { BenchProcess, Listening } from './gateway/process.ts';
import { throughSidecars } from './gateway/through-sidecars.ts';
import type { Way } from './gateway/ways.ts';
import { CONNECTIONS, sendAlong, tableOf, warmUp, wayTo } from './gateway/ways.ts';
import type { Finding } from './rounds.ts';
import { roundsOf, SHORT, takeTurns } from './rounds.ts';

// Short and many: whatever else the machine does changes from second to second, and both sides of a pair should meet the same.
const ROUNDS = roundsOf(41, 5);
const SECONDS = 0.5;
/** The layers between need no ratio, only a figure: they are measured in every fifth round. */
const LAYERS_EVERY = 5;
const WARM_SECONDS = SHORT ? 1 : 3;

const PRIVATE = '/api/orders/00000000-0000-7000-8000-000000000000';
const PUBLIC = '/api/orders/public/00000000-0000-7000-8000-000000000000';

type Ways = Record<'bare' | 'streams' | 'express' | 'public' | 'gateway', Way>;

/** Reads through the gateway, which asks its services directly, against a bare proxy before the same upstream; then through sidecars. */
export const benchGateway = (): Promise<Finding> =>
  withFleet(async (fleet) => {
    const load = await fleet.start<object>('load');
    const ways = await openWays(fleet);
    const finding = await measure(load, ways);
    const { bare } = ways;
    finding.details.push(...(await throughSidecars({ load, bare, path: PRIVATE, seconds: SECONDS, warmSeconds: WARM_SECONDS })));
    return finding;
  });

async function openWays({ start }: Fleet): Promise<Ways> {
  const upstream = await start<Listening>('upstream');
  const env = { UPSTREAM: `http://127.0.0.1:${upstream.hello.port}` };
  const gateway = await start<Listening & { tokens: string[] }>('gateway-process', env);
  const asked = { path: PRIVATE, tokens: gateway.hello.tokens };
  const proxy = async (what: string, FRONT = '') => wayTo(what, await start<Listening>('bare-proxy', { ...env, FRONT }), asked);
  return {
    bare: await proxy('bare proxy: node:http and undici'),
    streams: await proxy('the same by streams: Pool.request and pipe', 'streams'),
    express: await proxy('the bare proxy behind Express 5', 'express'),
    public: wayTo('gateway, a read that needs no token', gateway, { path: PUBLIC }),
    gateway: wayTo('gateway, a read with a token: checked, and counted for its user', gateway, asked),
  };
}

async function measure(load: BenchProcess<object>, ways: Ways): Promise<Finding> {
  const all = Object.values(ways);
  await warmUp(load, all, WARM_SECONDS);
  let round = 0;
  const limit = async () => {
    round += 1;
    if (round % LAYERS_EVERY === 0)
      for (const way of [ways.streams, ways.express, ways.public]) await sendAlong(load, way, SECONDS);
    return sendAlong(load, ways.bare, SECONDS);
  };
  const turns = await takeTurns({ ours: () => sendAlong(load, ways.gateway, SECONDS), limit }, ROUNDS);
  const details = [
    `${CONNECTIONS} connections with a token each read 1 kB of JSON from one upstream, ${SECONDS} s a round, ${ROUNDS} rounds; each part is a`,
    'process of its own and no sidecar is on the way. Limits count, and are never reached.',
    '',
    ...tableOf(all),
  ];
  return { name: 'gateway read', unit: 'reads', bar: 0.6, ...turns, details };
}
