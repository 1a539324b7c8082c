import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SandboxEvent } from '../src/index.ts';
import type { Sandbox } from '../src/server.ts';
import { startSandbox } from '../src/server.ts';

export const apiKey = 'test-key-of-the-sandbox';
export const webhookSecret = 'test-webhook-secret';
export const goodCard = { number: '4242424242424242' };

/** An intent or a movement, as the lists of the gateway hold them. */
interface Listed {
  id: string;
  type: string;
  intentId: string;
  amount: number;
  capturedAmount: number;
  refundedAmount: number;
}

/** Every field that some answer has; each test looks only at those of the answer it asked for. */
interface ReplyBody extends Listed {
  clientSecret: string;
  status: string;
  isDisputed: boolean;
  lastError: { code: string };
  error: { code: string; message: string };
  data: Listed[];
  nextAfter: number | null;
  url: string | null;
  events: { pending: number; delivered: number; dropped: number; expired: number };
}

export interface Reply {
  status: number;
  headers: Headers;
  body: ReplyBody;
}

interface CallOptions {
  body?: unknown;
  key?: string;
  /** The bearer; null sends none. */
  bearer?: string | null;
}

/** Calls a gateway at a port as the payment service does. Rejects when the connection is cut. */
export function caller(port: number) {
  return async (method: string, path: string, { body, key, bearer = apiKey }: CallOptions = {}): Promise<Reply> => {
    const headers = new Headers({ 'content-type': 'application/json' });
    if (key !== undefined) headers.set('idempotency-key', key);
    if (bearer !== null) headers.set('authorization', `Bearer ${bearer}`);
    const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    const response = await fetch(`http://127.0.0.1:${port}${path}`, init);
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text === '' ? null : JSON.parse(text) };
  };
}

export type Call = ReturnType<typeof caller>;

/** A gateway in this process with an empty book, without a webhook address unless one is given. */
export async function startTestSandbox(config: { webhookUrl?: string; bookPath?: string; now?: () => number } = {}) {
  const sandbox: Sandbox = await startSandbox({
    apiKey,
    webhookSecret,
    webhookUrl: config.webhookUrl ?? null,
    bookPath: config.bookPath ?? ':memory:',
    host: '127.0.0.1',
    port: 0,
    now: config.now ?? Date.now,
  });
  return { ...sandbox, call: caller(sandbox.port) };
}

export async function openTestIntent(call: Call, amount = 5000, reference = 'pay_1'): Promise<string> {
  const { body } = await call('POST', '/v1/intents', { body: { amount, currency: 'USD', reference } });
  return body.id;
}

export async function authoriseTestIntent(call: Call, amount = 5000, card = goodCard): Promise<string> {
  const id = await openTestIntent(call, amount);
  await call('POST', `/v1/intents/${id}/confirm`, { body: { card } });
  return id;
}

export async function captureTestIntent(call: Call, amount = 5000, card = goodCard): Promise<string> {
  const id = await authoriseTestIntent(call, amount, card);
  await call('POST', `/v1/intents/${id}/capture`, { body: { amount } });
  return id;
}

export interface Received {
  rawBody: string;
  signature: string;
  event: SandboxEvent;
}

async function receive(request: IncomingMessage): Promise<Received> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const rawBody = Buffer.concat(chunks).toString();
  return { rawBody, signature: String(request.headers['sandbox-signature']), event: JSON.parse(rawBody) };
}

/** A receiver of webhooks that answers what `statusFor` says and keeps all it was sent. */
export async function startReceiver(statusFor: (attempt: number) => number = () => 200) {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    void receive(request).then((delivery) => {
      received.push(delivery);
      response.writeHead(statusFor(received.length)).end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const stop = async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  return { url: `http://127.0.0.1:${port}/hook`, received, stop };
}

/** Waits until `holds` is true; throws with `what` after five seconds. */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 5000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`Not within five seconds: ${what}.`);
    await sleep(10);
  }
}
