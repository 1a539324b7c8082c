import type { Gateway } from './gateway.ts';
import { isoNow, newId, newSecret } from './gateway.ts';
import type { Intent, IntentInput, IntentRow, IntentStatus } from './intent.schema.ts';
import { intentRow } from './intent.schema.ts';
import { Refusal } from './refusal.ts';

/** The intent as callers see it. */
export function shownIntent({ isDisputedAfterCapture: _hidden, ...intent }: IntentRow): Intent {
  return { ...intent, captureMethod: 'manual' };
}

export function findIntentRow(gateway: Gateway, id: string): IntentRow | null {
  const found = gateway.book.find('SELECT * FROM intents WHERE id = :id', { id });
  return found && intentRow.parse(found);
}

/** Throws `not_found`. */
export function getIntentRow(gateway: Gateway, id: string): IntentRow {
  const found = findIntentRow(gateway, id);
  if (!found) throw new Refusal('not_found', 'No such intent.');
  return found;
}

/** The intent's row if it is in this status; else throws `intent_unexpected_state`, which names the status it is in. */
export function getIntentIn(gateway: Gateway, id: string, ...allowed: IntentStatus[]): IntentRow {
  const intent = getIntentRow(gateway, id);
  if (!allowed.includes(intent.status)) {
    throw new Refusal('intent_unexpected_state', `The intent is ${intent.status}, not ${allowed.join(' or ')}.`);
  }
  return intent;
}

/** Opens an intent. Two calls without a common idempotency key open two, as at any gateway. */
export function openIntent(gateway: Gateway, input: IntentInput): Intent {
  const id = newId('pi');
  gateway.book.write(
    `INSERT INTO intents (id, clientSecret, reference, currency, metadata, status, amount, capturedAmount, refundedAmount,
       isDisputedAfterCapture, isDisputed, createdAt)
     VALUES (:id, :clientSecret, :reference, :currency, :metadata, 'requires_confirmation', :amount, 0, 0, 0, 0, :createdAt)`,
    {
      id,
      clientSecret: `${id}_secret_${newSecret()}`,
      reference: input.reference,
      currency: input.currency,
      metadata: JSON.stringify(input.metadata),
      amount: input.amount,
      createdAt: isoNow(gateway),
    },
  );
  return shownIntent(getIntentRow(gateway, id));
}

/** The first hundred intents of a reference, oldest first. */
export function listIntents(gateway: Gateway, reference: string): Intent[] {
  const sql = 'SELECT * FROM intents WHERE reference = :reference ORDER BY rowid LIMIT 100';
  return gateway.book.list(sql, { reference }).map((found) => shownIntent(intentRow.parse(found)));
}
