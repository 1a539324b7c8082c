import type { Address, Quote } from '@souk/contracts';
import { placeOf } from '@souk/contracts';
import { addressNeeded, quoteForOtherPlace, shippingNeeded } from './errors.ts';

/**
 * Throws unless the goods go where the quote was priced to send them, because tax and shipping follow from the place. What is picked up
 * goes nowhere: it was taxed where the shop is.
 */
export function requireQuotedPlace(quote: Quote, shippingAddress: Address | undefined): void {
  if (!quote.lines.some(({ tracked }) => tracked) || quote.shippingKind === 'pickup') return;
  if (quote.shippingKind === undefined) throw shippingNeeded();
  if (shippingAddress === undefined) throw addressNeeded();
  const [quoted, wanted] = [placeOf(quote), placeOf(shippingAddress)];
  if (quoted.country !== wanted.country || quoted.state !== wanted.state) throw quoteForOtherPlace();
}
