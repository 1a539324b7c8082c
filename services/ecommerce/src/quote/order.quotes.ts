import type { Quote, quoteOrder } from '@souk/contracts';
import { placeOf } from '@souk/contracts';
import type { Context } from '@souk/service-kit';
import type { z } from 'zod';
import { quoteBasket } from './quote.actions.ts';

type OrderToQuote = z.infer<NonNullable<(typeof quoteOrder)['body']>>;

/**
 * The lines that a pending order is to have, at the prices of now. A code that is valid no more is passed over. Throws 409 when a line
 * cannot be bought or the order cannot be sent that way, naming it.
 */
export async function quoteOfOrder({ country, state, ...order }: OrderToQuote, ctx: Context): Promise<Quote> {
  return (await quoteBasket({ ...order, destination: placeOf({ country, state }), isCouponRequired: false }, ctx)).quote;
}
