import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EventContract, EventData } from '@souk/contracts';
import { orderCancelled, orderCaptureRequested, orderCreated, orderDelivered } from '@souk/contracts';
import type { Sandbox } from '@souk/payment-sandbox/server';
import { startSandbox } from '@souk/payment-sandbox/server';
import { newId } from '@souk/service-kit';
import type { Person, TestAnswer, TestService } from '@souk/testing';
import { companyAdmin, customer, startTestService } from '@souk/testing';
import type { Payment } from '../src/payment/payment.rules.ts';
import { payments } from '../src/payment/payment.store.ts';
import { service } from '../src/service.ts';

export const apiKey = 'key-of-the-tests';
export const webhookSecret = 'secret-of-the-tests';
export const goodCard = { number: '4242424242424242' };
export const badCard = { number: '4000000000000002' };
export const disputedCard = { number: '4000000000000259' };

type Created = EventData<typeof orderCreated>;

/** An order as the tests place it. */
export interface TestOrder {
  orderId: string;
  companyId: string;
  shopId: string;
  buyer: Person;
  amount: number;
  created: Created;
}

export function newOrder(
  about: Partial<Omit<TestOrder, 'created'>> & Partial<Pick<Created, 'paymentMethod' | 'revision' | 'source' | 'currency'>> = {},
): TestOrder {
  const { orderId = newId(), companyId = newId(), shopId = newId(), buyer = customer(), amount = 5_000, ...rest } = about;
  const pricing = { subtotal: amount, discount: 0, shipping: 0, tax: 0, total: amount };
  const created = { ...orderCreated.example, ...rest, orderId, companyId, shopId, customerId: buyer.userId, pricing };
  return { orderId, companyId, shopId, buyer, amount, created };
}

/** The payment service on a real database with the real sandbox gateway, whose webhooks come through a door like the gateway's. */
export interface Till {
  shop: TestService;
  /** Asks the sandbox itself. */
  sandbox(method: string, path: string, body?: unknown): Promise<{ status: number; body: SandboxBody }>;
  /** The time of both clocks, in ms. */
  now(): number;
  /** Moves both clocks. */
  advance(ms: number): void;
  stop(): Promise<void>;
  /** Whether webhooks reach the service. */
  door: { isOpen: boolean };
}

/** Every field that some answer of the sandbox has. */
export interface SandboxBody {
  id: string;
  status: string;
  amount: number;
  capturedAmount: number;
  refundedAmount: number;
  data: {
    id: string;
    type: string;
    amount: number;
    reason: string | null;
    intentId: string;
    status: string;
    refundedAmount: number;
  }[];
  events: { pending: number };
}

export async function startTill(env: Record<string, string> = {}): Promise<Till> {
  let offsetMs = 0;
  const door = { isOpen: true };
  const late: { shop?: TestService } = {};
  const receiver = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const signature = String(request.headers['sandbox-signature']);
    const answer =
      door.isOpen && late.shop
        ? await late.shop.request('POST', '/payments/webhooks/sandbox', {
            body: Buffer.concat(chunks),
            headers: { 'sandbox-signature': signature },
          })
        : { status: 503 };
    response.writeHead(answer.status).end();
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  const webhookUrl = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
  const gateway: Sandbox = await startSandbox({
    apiKey,
    webhookSecret,
    webhookUrl,
    bookPath: ':memory:',
    host: '127.0.0.1',
    port: 0,
    now: () => Date.now() + offsetMs,
  });
  const url = `http://127.0.0.1:${gateway.port}`;
  const shop = await startTestService(service, {
    env,
    secrets: { 'sandbox-url': url, 'sandbox-api-key': apiKey, 'sandbox-webhook-secret': webhookSecret },
  });
  late.shop = shop;
  return {
    shop,
    door,
    now: () => Date.now() + offsetMs,
    async sandbox(method, path, body) {
      const answer = await fetch(`${url}/v1${path}`, {
        method,
        headers: { authorization: `Bearer ${apiKey}`, ...(body !== undefined && { 'content-type': 'application/json' }) },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      return { status: answer.status, body: (await answer.json()) as SandboxBody };
    },
    advance(ms) {
      offsetMs += ms;
      shop.advance(ms);
    },
    async stop() {
      await gateway.stop();
      receiver.closeAllConnections();
      receiver.close();
      await shop.stop();
    },
  };
}

export const placeOrder = ({ shop }: Till, order: TestOrder) => shop.deliver(orderCreated, order.created);

export const openIntent = ({ shop }: Till, order: TestOrder, as: Person = order.buyer) =>
  shop.request('POST', '/payments/intent', { as, key: newId(), body: { orderId: order.orderId } });

export const confirm = (
  { shop }: Till,
  paymentId: string,
  { as, card = goodCard }: { as: Person; card?: { number: string } },
): Promise<TestAnswer> => shop.request('POST', `/payments/${paymentId}/confirm`, { as, key: newId(), body: { card } });

export const requestCapture = ({ shop }: Till, order: TestOrder, revision = order.created.revision) =>
  shop.deliver(orderCaptureRequested, {
    orderId: order.orderId,
    revision,
    companyId: order.companyId,
    amount: order.amount,
    currency: order.created.currency,
  });

export const cancelOrder = ({ shop }: Till, order: TestOrder) => {
  const {
    orderId,
    orderNumber,
    companyId,
    shopId,
    customerId,
    revision,
    currency,
    paymentMethod,
    source,
    lines,
    pricing,
    coupons,
    placedAt,
  } = order.created;
  const ref = { orderId, orderNumber, companyId, shopId, customerId };
  return shop.deliver(orderCancelled, {
    ...ref,
    revision,
    reason: 'payment_timeout',
    refund: false,
    currency,
    total: order.amount,
    paymentMethod,
    source,
    confirmed: false,
    lines,
    pricing,
    coupons,
    placedAt,
    at: new Date().toISOString(),
  });
};

export const deliverOrder = ({ shop }: Till, order: TestOrder) => {
  const { orderId, orderNumber, companyId, shopId, customerId, currency, paymentMethod } = order.created;
  return shop.deliver(orderDelivered, {
    orderId,
    orderNumber,
    companyId,
    shopId,
    customerId,
    paymentMethod,
    total: order.amount,
    currency,
    at: new Date().toISOString(),
  });
};

/** Placed, opened and authorised. */
export async function authorised(till: Till, order = newOrder()): Promise<{ order: TestOrder; paymentId: string }> {
  await placeOrder(till, order);
  const { body } = await openIntent(till, order);
  await confirm(till, body.paymentId, { as: order.buyer });
  return { order, paymentId: body.paymentId };
}

/** Authorised and captured. */
export async function captured(till: Till, order = newOrder()): Promise<{ order: TestOrder; paymentId: string }> {
  const paid = await authorised(till, order);
  await requestCapture(till, order);
  return paid;
}

export async function paymentOf({ shop }: Till, order: TestOrder): Promise<Payment> {
  const payment = await shop.db(payments).findOne({ orderId: order.orderId });
  if (!payment) throw new Error('the order has no payment');
  return payment;
}

export async function factsOf<Data extends { orderId?: string | undefined }>(
  { shop }: Till,
  contract: EventContract<Data>,
  order: TestOrder,
): Promise<Data[]> {
  return (await shop.published(contract)).map(({ data }) => data).filter(({ orderId }) => orderId === order.orderId);
}

export const ledgerOf = async ({ shop }: Till, order: TestOrder) =>
  (await shop.request('GET', '/payments/ledger/balances', { as: companyAdmin(order.companyId) })).body;

/** Until the sandbox has no webhook left to deliver. */
export async function webhooksDelivered(till: Till): Promise<void> {
  const deadline = Date.now() + 5_000;
  while ((await till.sandbox('GET', '/webhook')).body.events.pending > 0) {
    if (Date.now() > deadline) throw new Error('webhooks are still pending');
    await sleep(10);
  }
}

/** A till for a whole file, handed over once it is open. After each test the gateway's faults and its closed door are taken back. */
export function useTill(hand: (till: Till) => void): void {
  // Everything here waits on states, which take longer on a machine that is busy.
  jest.setTimeout(30_000);
  let till: Till;
  beforeAll(async () => {
    till = await startTill({ GATEWAY_TIMEOUT_MS: '1500' });
    hand(till);
  });
  afterAll(() => till.stop());
  afterEach(async () => {
    till.door.isOpen = true;
    await till.sandbox('PUT', '/switches', {});
  });
}
