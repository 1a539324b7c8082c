import type { Gateway } from './gateway.ts';
import { isoNow, newId } from './gateway.ts';
import type { Intent, Refund } from './intent.schema.ts';

export type SandboxEventType =
  | 'intent.authorised'
  | 'intent.declined'
  | 'intent.captured'
  | 'intent.cancelled'
  | 'intent.refunded'
  | 'intent.disputed';

/** The body of a webhook. The intent is as it was when the event happened, without its client secret. */
export interface SandboxEvent {
  id: string;
  type: SandboxEventType;
  createdAt: string;
  data: { intent: Omit<Intent, 'clientSecret'>; refund?: Refund };
}

const shuffleWithinMs = 500;

/** Writes an event into the book, in the transaction of what caused it; it is delivered after the commit. */
export function recordEvent(gateway: Gateway, type: SandboxEventType, facts: { intent: Intent; refund?: Refund }): void {
  const { clientSecret: _kept, ...intent } = facts.intent;
  const event: SandboxEvent = { id: newId('evt'), type, createdAt: isoNow(gateway), data: { ...facts, intent } };
  const { webhookDelayMs, shuffleWebhooks } = gateway.switches;
  const waitMs = webhookDelayMs + (shuffleWebhooks ? Math.floor(Math.random() * shuffleWithinMs) : 0);
  const createdAtMs = gateway.now();
  gateway.book.write(
    `INSERT INTO events (id, type, body, status, attempts, createdAtMs, nextAttemptAtMs)
     VALUES (:id, :type, :body, 'pending', 0, :createdAtMs, :nextAttemptAtMs)`,
    { id: event.id, type, body: JSON.stringify(event), createdAtMs, nextAttemptAtMs: createdAtMs + waitMs },
  );
}
