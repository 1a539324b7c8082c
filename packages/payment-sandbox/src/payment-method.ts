import { z } from 'zod';
import { bareNumber, testCard } from './cards.ts';
import type { Gateway } from './gateway.ts';
import { isoNow, newId } from './gateway.ts';
import type { PaymentMethodInput } from './intent.schema.ts';
import { Refusal } from './refusal.ts';

const row = z.object({
  id: z.string(),
  number: z.string(),
  brand: z.string(),
  last4: z.string(),
  expMonth: z.int(),
  expYear: z.int(),
  createdAt: z.string(),
});

/** A saved card as callers see it: never its number. */
export type PaymentMethod = Omit<z.infer<typeof row>, 'number'>;

/** Throws `card_expired` when the card's last month is over, in UTC. */
export function refuseExpired(gateway: Gateway, expMonth: number, expYear: number): void {
  if (Date.UTC(expYear, expMonth) <= gateway.now()) throw new Refusal('card_expired', 'The card has expired.');
}

function shown({ number: _hidden, ...method }: z.infer<typeof row>): PaymentMethod {
  return method;
}

function findRow(gateway: Gateway, id: string): z.infer<typeof row> | null {
  const found = gateway.book.find('SELECT * FROM paymentMethods WHERE id = :id', { id });
  return found && row.parse(found);
}

/** Saves a test card; a card that declines can be saved and declines when it is used. */
export function savePaymentMethod(gateway: Gateway, { card }: PaymentMethodInput): PaymentMethod {
  const number = bareNumber(card.number);
  const { brand } = testCard(number);
  refuseExpired(gateway, card.expMonth, card.expYear);
  const method = { ...card, id: newId('pm'), number, brand, last4: number.slice(-4), createdAt: isoNow(gateway) };
  gateway.book.write(
    `INSERT INTO paymentMethods (id, number, brand, last4, expMonth, expYear, createdAt)
     VALUES (:id, :number, :brand, :last4, :expMonth, :expYear, :createdAt)`,
    method,
  );
  return shown(method);
}

/** Throws `not_found`. */
export function getPaymentMethod(gateway: Gateway, id: string): PaymentMethod {
  const found = findRow(gateway, id);
  if (!found) throw new Refusal('not_found', 'No such payment method.');
  return shown(found);
}

/** Throws `not_found`, also when it was deleted before. */
export function deletePaymentMethod(gateway: Gateway, id: string): void {
  getPaymentMethod(gateway, id);
  gateway.book.write('DELETE FROM paymentMethods WHERE id = :id', { id });
}

/** The number of a saved card that is about to be charged; throws `payment_method_unknown` or `card_expired`. */
export function savedNumber(gateway: Gateway, id: string): string {
  const found = findRow(gateway, id);
  if (!found) throw new Refusal('payment_method_unknown', 'No such payment method.');
  refuseExpired(gateway, found.expMonth, found.expYear);
  return found.number;
}
