import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { config } from '../config.ts';
import { webhookMalformed, webhookUnsigned } from '../errors.ts';
import type { SeenIntent } from '../payment/convergence.rules.ts';
import type { IntentGateway, Means, Port, Reply, WebhookNews } from './gateway.ts';
import { callSandbox } from './sandbox.client.ts';

const STATUSES = {
  requires_confirmation: 'open',
  requires_capture: 'authorised',
  captured: 'captured',
  cancelled: 'cancelled',
} as const;

const intent = z
  .object({
    id: z.string(),
    status: z.enum(['requires_confirmation', 'requires_capture', 'captured', 'cancelled']),
    amount: z.int(),
    capturedAmount: z.int(),
    reference: z.string(),
    lastError: z.object({ code: z.string() }).nullable(),
    isDisputed: z.boolean(),
  })
  .transform(({ id, status, amount, capturedAmount, reference, lastError, isDisputed }): SeenIntent & { reference: string } => ({
    id,
    status: STATUSES[status],
    amount,
    capturedAmount,
    errorCode: lastError?.code,
    isDisputed,
    reference,
  }));
const opened = z.object({ id: z.string(), clientSecret: z.string(), amount: z.int() });
const refunded = z.object({ id: z.string() });
const refundList = z.object({ data: z.array(z.object({ id: z.string(), reason: z.string().nullable() })) });
const webhook = z.object({ id: z.string().min(1).max(200), type: z.string().max(100), data: z.object({ intent }) });

/** The stand-in gateway over HTTP: reached, signed and disturbed as a real one is. */
export const sandbox: IntentGateway = {
  name: 'sandbox',
  settlement: 'by_intent',
  account: () => 'gateway_clearing',
  open: (port, { paymentId, amount, currency, key }) =>
    callSandbox(port, {
      method: 'POST',
      path: '/v1/intents',
      body: { amount, currency, reference: paymentId, captureMethod: 'manual' },
      key,
      answer: opened,
    }),
  find: (port, intentId) => callSandbox(port, { method: 'GET', path: pathOf(intentId), answer: intent }),
  confirm: (port, { intentId, means, key }) =>
    callSandbox(port, { method: 'POST', path: `${pathOf(intentId)}/confirm`, body: bodyOf(means), key, answer: intent }),
  capture: (port, { intentId, amount, key }) =>
    callSandbox(port, { method: 'POST', path: `${pathOf(intentId)}/capture`, body: { amount }, key, answer: intent }),
  cancel: (port, { intentId, key }) =>
    callSandbox(port, { method: 'POST', path: `${pathOf(intentId)}/cancel`, body: {}, key, answer: intent }),
  refund: refundOnce,
  readWebhook: (port, message) => {
    const { 'sandbox-webhook-secret': secret } = config.of(port);
    const header = message.headers['sandbox-signature'];
    if (!isSigned(message.raw, { header: typeof header === 'string' ? header : '', secret, now: port.now() }))
      throw webhookUnsigned();
    return newsOf(message.raw);
  },
};

const pathOf = (intentId: string): string => `/v1/intents/${encodeURIComponent(intentId)}`;
const bodyOf = (means: Means): object => ('card' in means ? { card: means.card } : { paymentMethod: means.paymentMethodId });

/** The gateway forgets keys after 24 hours; well before, a repeated refund asks first whether it was made. */
const KEYS_TRUSTED_MS = 12 * 3600 * 1000;

async function refundOnce(
  port: Port,
  { intentId, refundId, amount, requestedAt }: { intentId: string; refundId: string; amount: number; requestedAt: Date },
): Promise<Reply<{ id: string }>> {
  const path = `${pathOf(intentId)}/refunds`;
  if (port.now().getTime() - requestedAt.getTime() > KEYS_TRUSTED_MS) {
    const made = await callSandbox(port, { method: 'GET', path, answer: refundList });
    if (made.outcome !== 'done') return made;
    const found = made.value.data.find(({ reason }) => reason === refundId);
    if (found) return { outcome: 'done', value: { id: found.id } };
  }
  return callSandbox(port, { method: 'POST', path, body: { amount, reason: refundId }, key: refundId, answer: refunded });
}

function newsOf(raw: Buffer): WebhookNews {
  const parsed = webhook.safeParse(parseJson(raw));
  if (!parsed.success) throw webhookMalformed();
  const { id, type, data } = parsed.data;
  return { id, type, paymentId: data.intent.reference, intent: data.intent };
}

function parseJson(raw: Buffer): unknown {
  try {
    return JSON.parse(raw.toString());
  } catch {
    throw webhookMalformed();
  }
}

const TOLERANCE_SECONDS = 300;
/** While a secret is rotated a webhook carries a signature by each. */
const MOST_SIGNATURES = 5;

/** Whether `t=<unix seconds>,v1=<hex>` signs exactly these bytes (HMAC-SHA256 over `<t>.<bytes>`) within five minutes of now. */
export function isSigned(raw: Buffer, given: { header: string; secret: string; now: Date }): boolean {
  const parts = given.header.split(',').map((part) => part.trim());
  const seconds = parts.find((part) => /^t=\d{1,12}$/.test(part))?.slice(2);
  if (seconds === undefined || Math.abs(given.now.getTime() / 1000 - Number(seconds)) > TOLERANCE_SECONDS) return false;
  const wanted = createHmac('sha256', given.secret).update(`${seconds}.`).update(raw).digest();
  const signatures = parts.filter((part) => /^v1=[0-9a-f]{64}$/.test(part)).slice(0, MOST_SIGNATURES);
  return signatures.some((part) => timingSafeEqual(Buffer.from(part.slice(3), 'hex'), wanted));
}
