import type { RefusalCode } from './refusal.ts';
import { Refusal } from './refusal.ts';

export interface TestCard {
  brand: string;
  /** The code of the refusal, or null when the card authorises. */
  declineCode: Extract<RefusalCode, 'card_declined' | 'insufficient_funds'> | null;
  isDisputedAfterCapture: boolean;
}

/** The only numbers the gateway knows; they are Stripe's test cards, so that a real card can never be used by mistake. */
const testCards = new Map<string, TestCard>([
  ['4242424242424242', { brand: 'visa', declineCode: null, isDisputedAfterCapture: false }],
  ['4000000000000002', { brand: 'visa', declineCode: 'card_declined', isDisputedAfterCapture: false }],
  ['4000000000009995', { brand: 'visa', declineCode: 'insufficient_funds', isDisputedAfterCapture: false }],
  ['4000000000000259', { brand: 'visa', declineCode: null, isDisputedAfterCapture: true }],
]);

export const declineMessages = {
  card_declined: 'The card was declined.',
  insufficient_funds: 'The card has insufficient funds.',
} as const;

/** The number without the spaces people type. */
export function bareNumber(number: string): string {
  return number.replaceAll(' ', '');
}

/** How the card behaves; throws `unknown_card` for any number that is not a test card. The message never repeats the number. */
export function testCard(number: string): TestCard {
  const card = testCards.get(bareNumber(number));
  if (!card) throw new Refusal('unknown_card', 'The sandbox takes its test cards only.');
  return card;
}
