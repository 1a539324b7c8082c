// `npm run order [-- words]`: what a shopper does on the system that is up, through the gateway: finds something in the demo shops, checks
// out, pays by card and waits until the order is confirmed. Prints each step with the time it took.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer } from '@souk/testing';
import { Api } from './demo/api.ts';
import { DEMO_CUSTOMER, signIn } from './demo/people.ts';
import { readRunning, stateFolder } from './system/state.ts';

const WITHIN_MS = 30_000;
const POLL_MS = 100;
const CARD = { number: '4242424242424242' };
const PLACE = { line1: '1 Analytical Way', city: 'Albany', state: 'NY', postalCode: '12084', country: 'US' };

const running = readRunning(stateFolder());
const url = process.env.SOUK_GATEWAY_URL ?? (running?.status === 'ready' ? running.urls.gateway : undefined);
if (url === undefined) {
  console.error('No gateway is up: npm run up');
  process.exit(1);
}
const words = process.argv.slice(2);
const api = new Api(url);
try {
  await buy(words.length > 0 ? words.join(' ') : 'oak mug');
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  await api.close();
}

async function buy(text: string): Promise<void> {
  const { token } = await step(`sign in as ${DEMO_CUSTOMER.email}`, () => signIn(api, DEMO_CUSTOMER));
  const { data } = await step(`search for "${text}"`, () => api.ask('GET', `/products/search?q=${encodeURIComponent(text)}`));
  // The demo customer lives where this currency is.
  const product = data.find(({ currency }: Answer) => currency === 'USD');
  const [variant] = product?.variants ?? [];
  if (!product || !variant) throw new Error(`no product is found by "${text}"`);
  const item = { productId: product.id, variantId: variant.variantId, shopId: product.shopIds[0], quantity: 1 };
  await step(`put ${product.name} into the cart`, () => api.ask('POST', '/cart/items', { token, body: item }));
  const body = { paymentMethod: 'sandbox', shippingAddress: { name: DEMO_CUSTOMER.name, ...PLACE } };
  const { orders } = await step('check out', () => api.ask('POST', '/checkout', { token, body }));
  for (const { id, orderNumber, currency, pricing } of orders) {
    const { paymentId } = await step('open the payment', () =>
      api.insist('POST', '/payments/intent', { token, body: { orderId: id } }),
    );
    await step('pay by card', () => api.ask('POST', '/payments/process', { token, body: { paymentId, card: CARD } }));
    const order = await step('wait for the confirmation', () => confirmed(token, id));
    say(`order ${orderNumber} is ${order.status} and ${order.paymentStatus}: ${pricing.total} ${currency} in minor units`);
  }
}

async function confirmed(token: string, id: string): Promise<Answer> {
  for (const deadline = Date.now() + WITHIN_MS; Date.now() < deadline; await sleep(POLL_MS)) {
    const order = await api.ask('GET', `/orders/${id}`, { token });
    if (order.status === 'cancelled') throw new Error(`the order was cancelled: ${order.cancelReason}`);
    if (order.status !== 'pending') return order;
  }
  throw new Error(`the order is still pending after ${WITHIN_MS / 1_000} s`);
}

async function step<Value>(what: string, work: () => Promise<Value>): Promise<Value> {
  const startedMs = performance.now();
  const value = await work();
  say(`${what}: ${Math.round(performance.now() - startedMs)} ms`);
  return value;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
