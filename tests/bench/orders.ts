import { setTimeout as sleep } from 'node:timers/promises';
import { sealJson } from '@souk/service-kit';
import { Api } from '../../scripts/demo/api.ts';
import type { System } from '../../scripts/system/index.ts';
import type { Platform } from '../e2e/platform.ts';
import { startPlatform } from '../e2e/platform.ts';
import { ADDRESS } from '../e2e/shopper.ts';
import { callFor } from './callers.ts';
import type { Listening } from './gateway/process.ts';
import { startProcess } from './gateway/process.ts';
import type { Market } from './orders/buyers.ts';
import { openMarket, quoteFor } from './orders/buyers.ts';
import { spentBy, spentPerOrder } from './orders/spent.ts';
import type { Finding, Round } from './rounds.ts';
import { median, quantile, roundsOf, SHORT, takeTurns } from './rounds.ts';

const BUYERS = SHORT ? 4 : 16;
const PRODUCTS = SHORT ? 4 : 32;
/** Enough to keep both sides busy all the time: what comes together is committed and delivered together. */
const CALLERS = SHORT ? 8 : 96;
const ROUNDS = roundsOf(5, 1);
const SECONDS = SHORT ? 3 : 30;
/** An order runs through fifteen programs, each of which is compiled only after some hundred of them; the limit is one program. */
const WARM_SECONDS = SHORT ? 2 : 60;
const WARM_LIMIT_SECONDS = SHORT ? 1 : 10;
const CONFIRM_MS = 60_000;
const DRAIN_TRIES = 1_200;
const QUOTE_SECONDS = 600;
const CARD = { number: '4242424242424242' };
const PARTS_SHOWN = 10;

const STAGES = ['POST /orders', 'POST /payments/intent', 'POST /payments/process', 'until told that it is confirmed'] as const;
type Stages = Record<(typeof STAGES)[number], number[]>;

/** Orders from checkout to their confirmation on the whole platform, against the one-process limit on the same database. */
export async function benchOrders(): Promise<Finding> {
  const started = await startPlatform();
  const platform = { ...started, api: new Api(started.system.gatewayUrl, CALLERS) };
  const limit = await startProcess<Listening>('../orders/limit-process', { DATABASE: platform.system.mongodbUri });
  const limitApi = new Api(`http://127.0.0.1:${limit.hello.port}`, CALLERS);
  try {
    const market = await openMarket(platform, { buyers: BUYERS, products: PRODUCTS });
    const skus = [...new Set(market.baskets.flatMap(({ lines }) => lines.map(({ sku }) => sku)))];
    await limitApi.ask('POST', '/stock', { body: { skus } });
    return await measure({ platform, limitApi, market }).finally(() => {
      for (const { socket } of market.buyers) socket.close();
    });
  } finally {
    await limitApi.close();
    await limit.stop();
    await platform.api.close();
    await started.stop();
  }
}

interface Sides {
  platform: Platform;
  limitApi: Api;
  market: Market;
}

async function measure({ platform, limitApi, market }: Sides): Promise<Finding> {
  const stages = Object.fromEntries(STAGES.map((stage) => [stage, [] as number[]])) as Stages;
  const limitStages = structuredClone(stages);
  const costs: [string, number][][] = [];
  const drainSeconds: number[] = [];
  const ours = async (seconds: number): Promise<Round> => {
    const before = spentBy(platform.system);
    const round = await callFor({ callers: CALLERS, seconds, work: (caller) => buy({ platform, market, caller, stages }) });
    const startedMs = performance.now();
    // What the other services still have to do about these orders must not run into the other side's time.
    await drain(platform.system);
    drainSeconds.push((performance.now() - startedMs) / 1_000);
    costs.push(spentPerOrder(before, spentBy(platform.system), stages['POST /orders'].length));
    return round;
  };
  const limit = (seconds: number) =>
    callFor({ callers: CALLERS, seconds, work: (caller) => buyPlainly({ api: limitApi, market, caller, stages: limitStages }) });
  await ours(WARM_SECONDS);
  await limit(WARM_LIMIT_SECONDS);
  costs.length = drainSeconds.length = 0;
  const turns = await takeTurns({ ours: () => fresh(stages, () => ours(SECONDS)), limit: () => limit(SECONDS) }, ROUNDS);
  const details = describe({ stages, limitStages, costs, drainSeconds });
  return { name: 'orders', unit: 'orders', bar: 0.2, target: 0.4, ...turns, details };
}

/** Each round counts its own orders. */
async function fresh(stages: Stages, run: () => Promise<Round>): Promise<Round> {
  for (const stage of STAGES) stages[stage].length = 0;
  return run();
}

async function timed<Value>(latenciesMs: number[], work: () => Promise<Value>): Promise<Value> {
  const startedMs = performance.now();
  const value = await work();
  latenciesMs.push(performance.now() - startedMs);
  return value;
}

async function buy(of: { platform: Platform; market: Market; caller: number; stages: Stages }): Promise<void> {
  const { platform, market, caller, stages } = of;
  const { api, system } = platform;
  const buyer = market.buyers[caller % market.buyers.length];
  if (!buyer) throw new Error('there are no buyers');
  const { token, userId } = buyer;
  const use = { audience: 'quote', now: new Date(), ttlSeconds: QUOTE_SECONDS };
  const quote = sealJson({ quote: quoteFor(nextBasket(market), userId) }, system.secrets['quote-key'] ?? '', use);
  const order = { quote, paymentMethod: 'sandbox', shippingAddress: ADDRESS };
  const { id: orderId } = await timed(stages[STAGES[0]], () => api.insist('POST', '/orders', { token, body: order }));
  const { paymentId } = await timed(stages[STAGES[1]], () =>
    api.insist('POST', '/payments/intent', { token, body: { orderId } }),
  );
  await timed(stages[STAGES[2]], () => api.insist('POST', '/payments/process', { token, body: { paymentId, card: CARD } }));
  await timed(stages[STAGES[3]], () => buyer.hear(orderId, CONFIRM_MS));
}

async function buyPlainly(of: { api: Api; market: Market; caller: number; stages: Stages }): Promise<void> {
  const { api, market, caller, stages } = of;
  const { userId = '' } = market.buyers[caller % market.buyers.length] ?? {};
  const body = { quote: quoteFor(nextBasket(market), userId), paymentMethod: 'sandbox', shippingAddress: ADDRESS };
  const { id: orderId } = await timed(stages[STAGES[0]], () => api.ask('POST', '/orders', { body }));
  const { paymentId } = await timed(stages[STAGES[1]], () => api.ask('POST', '/payments/intent', { body: { orderId } }));
  await timed(stages[STAGES[2]], () => api.ask('POST', '/payments/process', { body: { paymentId } }));
}

function nextBasket(market: Market) {
  const basket = market.baskets[market.taken % market.baskets.length];
  market.taken += 1;
  if (!basket) throw new Error('there are no baskets');
  return basket;
}

/** Waits until no queue holds an event. Throws when that takes two minutes. */
async function drain({ rabbit }: System): Promise<void> {
  const authorization = `Basic ${Buffer.from(`${rabbit.user}:${rabbit.password}`).toString('base64')}`;
  for (let tries = 0, quiet = 0; tries < DRAIN_TRIES; tries += 1) {
    const answer = await fetch(`${rabbit.managementUrl}/api/queues?columns=name,messages`, { headers: { authorization } });
    const queues = (await answer.json()) as { messages?: number }[];
    quiet = queues.every(({ messages = 0 }) => messages === 0) ? quiet + 1 : 0;
    // The broker's figures are up to a second old and some events are only about to be published.
    if (quiet > 15) return;
    await sleep(100);
  }
  throw new Error('the queues are not empty after two minutes');
}

function describe(of: { stages: Stages; limitStages: Stages; costs: [string, number][][]; drainSeconds: number[] }): string[] {
  const { stages, limitStages, costs, drainSeconds } = of;
  const parts = [...new Set(costs.flatMap((round) => round.map(([part]) => part)))];
  const costOf = (part: string) => median(costs.map((round) => round.find(([name]) => name === part)?.[1] ?? 0));
  const ranked = parts.map((part) => ({ part, ms: costOf(part) })).sort((a, b) => b.ms - a.ms);
  const total = ranked.reduce((sum, { ms }) => sum + ms, 0);
  const shown = (values: number[]) =>
    values.length === 0 ? '' : `${quantile(values, 0.5).toFixed(0)} / ${quantile(values, 0.99).toFixed(0)} ms`;
  return [
    `${CALLERS} callers of ${BUYERS} customers buy two of ${PRODUCTS} products each time, ${SECONDS} s a round, ${ROUNDS} rounds: an order from a signed quote,`,
    "its payment intent, its card, and the confirmation as the customer's socket tells it. The limit takes the same three requests.",
    `After a round the other services had caught up with every event within ${Math.max(...drainSeconds).toFixed(1)} s, the broker's own figures being up to 2 s old.`,
    '',
    '| stage | ours p50 / p99, last round | limit p50 / p99 |',
    '|---|---|---|',
    ...STAGES.map((stage) => `| ${stage} | ${shown(stages[stage])} | ${shown(limitStages[stage])} |`),
    '',
    `Processor time of an order, what follows it included: ${total.toFixed(1)} ms, of which`,
    '',
    '| part | ms per order |',
    '|---|---|',
    ...ranked.slice(0, PARTS_SHOWN).map(({ part, ms }) => `| ${part} | ${ms.toFixed(2)} |`),
  ];
}
