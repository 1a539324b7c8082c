import { recordEvent } from './event.ts';
import type { Gateway } from './gateway.ts';
import { isoNow, newId } from './gateway.ts';
import type { Intent, IntentRow, LedgerQuery, Movement, Refund, RefundInput } from './intent.schema.ts';
import { movementRow, refundRow } from './intent.schema.ts';
import { getIntentIn, getIntentRow, shownIntent } from './intent.ts';
import { Refusal } from './refusal.ts';

function recordMovement(gateway: Gateway, intent: IntentRow, moved: Pick<Movement, 'type' | 'amount' | 'refundId'>): void {
  gateway.book.write(
    `INSERT INTO movements (id, type, intentId, refundId, reference, amount, currency, createdAt)
     VALUES (:id, :type, :intentId, :refundId, :reference, :amount, :currency, :createdAt)`,
    {
      ...moved,
      id: newId('mv'),
      intentId: intent.id,
      reference: intent.reference,
      currency: intent.currency,
      createdAt: isoNow(gateway),
    },
  );
}

/**
 * Takes the authorised money, or a part of it; what is not taken is let go, since an intent is captured once.
 * Throws `not_found`, `intent_unexpected_state`, `capture_exceeds_authorised`.
 */
export function captureIntent(gateway: Gateway, id: string, amount: number): Intent {
  const before = getIntentIn(gateway, id, 'requires_capture');
  if (amount > before.amount) {
    throw new Refusal('capture_exceeds_authorised', `At most ${before.amount} can be captured.`);
  }
  gateway.book.write(
    `UPDATE intents SET status = 'captured', capturedAmount = :amount, isDisputed = isDisputedAfterCapture WHERE id = :id`,
    { id, amount },
  );
  recordMovement(gateway, before, { type: 'capture', amount, refundId: null });
  const intent = shownIntent(getIntentRow(gateway, id));
  recordEvent(gateway, 'intent.captured', { intent });
  if (intent.isDisputed) recordEvent(gateway, 'intent.disputed', { intent });
  return intent;
}

/** Gives up an uncaptured intent and voids its authorisation. Throws `not_found`, `intent_unexpected_state`. */
export function cancelIntent(gateway: Gateway, id: string): Intent {
  getIntentIn(gateway, id, 'requires_confirmation', 'requires_capture');
  gateway.book.write(`UPDATE intents SET status = 'cancelled' WHERE id = :id`, { id });
  const intent = shownIntent(getIntentRow(gateway, id));
  recordEvent(gateway, 'intent.cancelled', { intent });
  return intent;
}

/**
 * Gives money back, never more than was captured and not yet refunded.
 * Throws `not_found`, `intent_unexpected_state`, `refund_exceeds_captured`.
 */
export function refundIntent(gateway: Gateway, id: string, input: RefundInput): Refund {
  const { amount, reason } = input;
  const before = getIntentIn(gateway, id, 'captured');
  const left = before.capturedAmount - before.refundedAmount;
  if (amount > left) throw new Refusal('refund_exceeds_captured', `At most ${left} can be refunded.`);
  const row = {
    id: newId('re'),
    intentId: id,
    amount,
    currency: before.currency,
    reason: reason ?? null,
    createdAt: isoNow(gateway),
  };
  gateway.book.write(
    `INSERT INTO refunds (id, intentId, amount, currency, reason, createdAt)
     VALUES (:id, :intentId, :amount, :currency, :reason, :createdAt)`,
    row,
  );
  gateway.book.write('UPDATE intents SET refundedAmount = refundedAmount + :amount WHERE id = :id', { id, amount });
  recordMovement(gateway, before, { type: 'refund', amount, refundId: row.id });
  const refund: Refund = { ...row, status: 'succeeded' };
  recordEvent(gateway, 'intent.refunded', { intent: shownIntent(getIntentRow(gateway, id)), refund });
  return refund;
}

/** All refunds of an intent, oldest first; throws `not_found`. */
export function listRefunds(gateway: Gateway, intentId: string): Refund[] {
  getIntentRow(gateway, intentId);
  const rows = gateway.book.list('SELECT * FROM refunds WHERE intentId = :intentId ORDER BY sequence', { intentId });
  return rows.map((row) => ({ ...refundRow.parse(row), status: 'succeeded' }));
}

/** Movements after a sequence number; `nextAfter` is null when there are no more. */
export function listMovements(gateway: Gateway, { after, limit }: LedgerQuery): { data: Movement[]; nextAfter: number | null } {
  const sql = 'SELECT * FROM movements WHERE sequence > :after ORDER BY sequence LIMIT :limit';
  const rows = gateway.book.list(sql, { after, limit: limit + 1 }).map((row) => movementRow.parse(row));
  const data = rows.slice(0, limit);
  return { data, nextAfter: rows.length > limit ? (data.at(-1)?.sequence ?? null) : null };
}
