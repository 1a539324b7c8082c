import type { TestCard } from './cards.ts';
import { bareNumber, declineMessages, testCard } from './cards.ts';
import { recordEvent } from './event.ts';
import type { Gateway } from './gateway.ts';
import type { ConfirmInput, Intent } from './intent.schema.ts';
import { findIntentRow, getIntentIn, getIntentRow, shownIntent } from './intent.ts';
import { refuseExpired, savedNumber } from './payment-method.ts';
import type { Answer } from './refusal.ts';
import { Refusal, refusalAnswer } from './refusal.ts';
import { sameSecret } from './signature.ts';
import { takeSwitch } from './switches.ts';

/** Throws `invalid_client_secret`, for an unknown intent as well: a stranger must not learn which ids exist. */
export function checkClientSecret(gateway: Gateway, id: string, clientSecret: string | undefined): void {
  const expected = findIntentRow(gateway, id)?.clientSecret;
  if (expected === undefined || clientSecret === undefined || !sameSecret(clientSecret, expected)) {
    throw new Refusal('invalid_client_secret', 'The client secret is not that of this intent.');
  }
}

function chargedNumber(gateway: Gateway, { card, paymentMethod }: ConfirmInput): string {
  if (paymentMethod !== undefined) return savedNumber(gateway, paymentMethod);
  if (!card) throw new Refusal('invalid_request', 'Give either card or paymentMethod.');
  if (card.expMonth !== undefined && card.expYear !== undefined) refuseExpired(gateway, card.expMonth, card.expYear);
  return bareNumber(card.number);
}

function decline(gateway: Gateway, id: string, code: NonNullable<TestCard['declineCode']>): Answer {
  const message = declineMessages[code];
  const lastError = JSON.stringify({ code, message });
  gateway.book.write('UPDATE intents SET lastError = :lastError WHERE id = :id', { id, lastError });
  recordEvent(gateway, 'intent.declined', { intent: shownIntent(getIntentRow(gateway, id)) });
  return refusalAnswer(code, message);
}

function authorise(gateway: Gateway, id: string, number: string): Intent {
  const { brand, isDisputedAfterCapture } = testCard(number);
  gateway.book.write(
    `UPDATE intents SET status = 'requires_capture', lastError = NULL, card = :card, isDisputedAfterCapture = :disputed
     WHERE id = :id`,
    { id, card: JSON.stringify({ brand, last4: number.slice(-4) }), disputed: isDisputedAfterCapture ? 1 : 0 },
  );
  const intent = shownIntent(getIntentRow(gateway, id));
  recordEvent(gateway, 'intent.authorised', { intent });
  return intent;
}

/**
 * Authorises the whole amount on a card. A decline is an answer (402), not an exception: it is written to the intent, which
 * may be confirmed again. Throws `unknown_card`, `card_expired`, `payment_method_unknown`, `not_found` and
 * `intent_unexpected_state`.
 */
export function confirmIntent(gateway: Gateway, id: string, input: ConfirmInput): Answer {
  getIntentIn(gateway, id, 'requires_confirmation');
  const number = chargedNumber(gateway, input);
  const { declineCode } = testCard(number);
  if (declineCode) return decline(gateway, id, declineCode);
  if (takeSwitch(gateway.switches, 'declineNext')) return decline(gateway, id, 'card_declined');
  return { status: 200, body: authorise(gateway, id, number) };
}
