import type { PaymentMethod } from '@souk/contracts';
import type { Context } from '@souk/service-kit';
import type { SeenIntent } from '../payment/convergence.rules.ts';
import type { Payment } from '../payment/payment.rules.ts';

/** What a gateway's adapter may use: its resource and configuration, and the time. */
export type Port = Pick<Context, 'value' | 'now' | 'log'>;

/**
 * What became of a call. `refused` is the gateway's definite no (`why`: the buyer's bank, the buyer's input, or the intent's state);
 * `unknown` is a lost, late or broken answer, which may hide a success.
 */
export type Reply<Value> =
  | { outcome: 'done'; value: Value }
  | { outcome: 'refused'; code: string; why: 'declined' | 'input' | 'state' }
  | { outcome: 'unknown' };

/** What the buyer pays with. */
export type Means =
  | { card: { number: string; expMonth?: number | undefined; expYear?: number | undefined } }
  | { paymentMethodId: string };

export interface OpenedIntent {
  id: string;
  clientSecret: string;
  amount: number;
}

/** A message of the gateway, verified: look at this intent of that payment. */
export interface WebhookNews {
  id: string;
  type: string;
  paymentId: string;
  intent: SeenIntent;
}

/**
 * A gateway where the buyer confirms an intent. Each call is made outside of any transaction; `key` makes a repeat of it the same call,
 * also after a crash.
 */
export interface IntentGateway {
  readonly name: PaymentMethod;
  readonly settlement: 'by_intent';
  /** The ledger account where its money is. */
  account(payment: Payment): string;
  open(port: Port, intent: { paymentId: string; amount: number; currency: string; key: string }): Promise<Reply<OpenedIntent>>;
  find(port: Port, intentId: string): Promise<Reply<SeenIntent>>;
  confirm(port: Port, intent: { intentId: string; means: Means; key: string }): Promise<Reply<SeenIntent>>;
  capture(port: Port, intent: { intentId: string; amount: number; key: string }): Promise<Reply<SeenIntent>>;
  /** Voids an intent that was not captured. */
  cancel(port: Port, intent: { intentId: string; key: string }): Promise<Reply<SeenIntent>>;
  /** Gives back once per `refundId`, however often and late it is called. */
  refund(
    port: Port,
    refund: { intentId: string; refundId: string; amount: number; requestedAt: Date },
  ): Promise<Reply<{ id: string }>>;
  /** Checks signature and age of the bytes before reading them. Throws webhookUnsigned or webhookMalformed. */
  readWebhook(port: Port, message: { raw: Buffer; headers: Record<string, unknown> }): WebhookNews;
}

/** A way to pay that nobody is asked for: the money is there when the order says so. */
export interface DirectGateway {
  readonly name: PaymentMethod;
  readonly settlement: 'at_once';
  account(payment: Payment): string;
}

export type Gateway = IntentGateway | DirectGateway;
