import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiAnswer, ApiRequest } from '../../scripts/demo/api.ts';
import { unreached } from '../../scripts/demo/api.ts';
import { ADDRESS, BAD_CARD, GOOD_CARD } from '../e2e/shopper.ts';
import type { Chance } from './chance.ts';
import { chanceFrom, pick } from './chance.ts';
import type { Acknowledged } from './oracle/index.ts';
import type { Customer, Market, Seller } from './world.ts';

/** What becomes of an order in the load, how often of a hundred. */
const MIX = {
  paid: 45,
  declined_then_paid: 10,
  never_paid: 10,
  cancelled_unpaid: 10,
  cancelled_paid: 10,
  out_of_stock: 5,
  scarce: 10,
} as const;
export type Kind = keyof typeof MIX;

const MOST_PIECES = 3;
/** So many of a hundred order through the cart, the others from a quote. */
const CART_SHARE = 25;
/** A client that got no answer asks again under the same key for so long; a key's lease is 30 s. */
const PATIENCE_MS = 40_000;
const RETRY_MS = 250;
const MOST_WAIT_MS = 3_000;

export interface Load {
  /** Every order that was answered with 2xx so far. */
  readonly acknowledged: Acknowledged[];
  /** Answers that were not what the client hoped for, by what they were. */
  readonly troubles: Map<string, number>;
  /** Ends the load; requests under way are finished or given up. */
  stop(): Promise<void>;
}

interface Running {
  market: Market;
  acknowledged: Acknowledged[];
  troubles: Map<string, number>;
  isStopped(): boolean;
}

/**
 * Customers buy side by side, each one thing after another, `pauseMs` between. Who waits long for an answer does not keep the others of
 * the house from buying. What is bought follows from the seed; the first orders are one of each kind.
 */
export function startLoad(market: Market, { seed, pauseMs }: { seed: number; pauseMs: number }): Load {
  let stopped = false;
  const first = Object.keys(MIX) as Kind[];
  const running: Running = { market, acknowledged: [], troubles: new Map(), isStopped: () => stopped };
  const waiting = new Set<Promise<void>>();
  const workers = market.customers.map(async (customer, index) => {
    const chance = chanceFrom(seed + index);
    while (!stopped) {
      const bought: Promise<void> = buy(running, customer, { kind: first.shift() ?? chooseKind(chance), chance })
        .catch((error: unknown) => note(running, String(error).slice(0, 120)))
        .finally(() => waiting.delete(bought));
      waiting.add(bought);
      await Promise.race([bought, sleep(MOST_WAIT_MS)]);
      await sleep(pauseMs);
    }
  });
  return {
    acknowledged: running.acknowledged,
    troubles: running.troubles,
    stop: async () => {
      stopped = true;
      await Promise.all(workers);
      await Promise.all(waiting);
    },
  };
}

function chooseKind(chance: Chance): Kind {
  let left = chance() * 100;
  for (const [kind, share] of Object.entries(MIX)) {
    left -= share;
    if (left < 0) return kind as Kind;
  }
  return 'paid';
}

interface Wish {
  kind: Kind;
  chance: Chance;
}

/** What a customer orders at once, to whatever its kind says. */
async function buy(running: Running, customer: Customer, wish: Wish): Promise<void> {
  const { kind, chance } = wish;
  const isFromCart = chance() * 100 < CART_SHARE;
  const orders = await (isFromCart ? checkOut : orderQuote)(running, customer, wish);
  for (const orderId of orders) running.acknowledged.push({ orderId, kind });
  for (const orderId of orders) await follow(running, customer, { orderId, kind });
}

/** What the customer does with an order that is placed. */
async function follow(running: Running, customer: Customer, { orderId, kind }: Acknowledged & { kind: Kind }): Promise<void> {
  if (kind === 'never_paid' || kind === 'out_of_stock') return;
  if (kind === 'cancelled_unpaid') return cancel(running, customer, orderId);
  await pay(running, customer, { orderId, card: kind === 'declined_then_paid' ? BAD_CARD : GOOD_CARD });
  if (kind === 'declined_then_paid') await pay(running, customer, { orderId, card: GOOD_CARD });
  if (kind !== 'cancelled_paid') return;
  await untilSettled(running, customer, orderId);
  await cancel(running, customer, orderId);
}

interface Basket {
  shopId: string;
  productId: string;
  variantId: string;
  quantity: number;
}

function basketOf({ scarce, plenty }: Market, { kind, chance }: Wish): Basket {
  const seller: Seller = kind === 'scarce' || kind === 'out_of_stock' ? scarce : plenty;
  const { productId, variantId } = pick(chance, seller.variants);
  // Nobody ever had as much as the order that must fail asks for.
  const quantity = kind === 'out_of_stock' ? 2 * scarce.stock : 1 + Math.floor(chance() * MOST_PIECES);
  return { shopId: pick(chance, seller.tenant.shopIds), productId, variantId, quantity };
}

/** Orders from a signed quote. No order when it was refused or given up. */
async function orderQuote(running: Running, { token }: Customer, wish: Wish): Promise<string[]> {
  const { shopId, ...line } = basketOf(running.market, wish);
  const basket = { shopId, lines: [line], address: { country: 'US', state: 'NY' } };
  const quoted = await persist(running, 'POST', '/quotes', { token, body: basket });
  if (quoted.status >= 300) return [];
  const body = { quote: quoted.body.signed, paymentMethod: 'sandbox', shippingAddress: ADDRESS };
  const made = await persist(running, 'POST', '/orders', { token, body });
  return made.status < 300 ? [made.body.id] : [];
}

/** Orders what is in the cart, which may be more than was just put there: an order for each shop. */
async function checkOut(running: Running, { token }: Customer, wish: Wish): Promise<string[]> {
  await persist(running, 'POST', '/cart/items', { token, body: basketOf(running.market, wish) });
  const made = await persist(running, 'POST', '/checkout', {
    token,
    body: { paymentMethod: 'sandbox', shippingAddress: ADDRESS },
  });
  return made.status < 300 ? made.body.orders.map(({ id }: { id: string }) => id) : [];
}

async function pay(running: Running, { token }: Customer, { orderId, card }: { orderId: string; card: object }): Promise<void> {
  const intent = await persist(running, 'POST', '/payments/intent', { token, body: { orderId } });
  if (intent.status >= 300) return;
  await persist(running, 'POST', '/payments/process', { token, body: { paymentId: intent.body.paymentId, card } });
}

/** Waits until the order is confirmed or ended, so that its cancellation is a refund; not for longer than a customer would. */
async function untilSettled(running: Running, { token }: Customer, orderId: string): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  while (Date.now() < deadline && !running.isStopped()) {
    const { status, body } = await persist(running, 'GET', `/orders/${orderId}`, { token });
    if (status >= 300 || body.status !== 'pending') return;
    await sleep(RETRY_MS);
  }
}

async function cancel(running: Running, { token }: Customer, orderId: string): Promise<void> {
  await persist(running, 'POST', `/orders/${orderId}/cancel`, { token });
}

const isWorthAnotherTry = ({ status, body }: ApiAnswer): boolean =>
  status >= 500 || status === 429 || status === 404 || body?.code === 'idempotency_key_busy';

/** One request, again under its key while the platform is away. The last answer, whatever it was; 599 when there was none. */
async function persist(running: Running, method: string, path: string, request: ApiRequest): Promise<ApiAnswer> {
  const keyed = { key: randomUUID(), ...request };
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const answer = await running.market.api.request(method, path, keyed).catch(unreached);
    if (answer.status < 300) return answer;
    note(
      running,
      `${method} ${path.replaceAll(/[0-9a-f-]{36}/g, ':id')} ${answer.status} ${answer.body?.code ?? answer.body?.detail ?? ''}`,
    );
    if (!isWorthAnotherTry(answer) || running.isStopped() || Date.now() > deadline) return answer;
    await sleep(RETRY_MS);
  }
}

function note({ troubles }: Running, what: string): void {
  troubles.set(what, (troubles.get(what) ?? 0) + 1);
}
