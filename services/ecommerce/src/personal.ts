import type { PersonalData } from '@souk/personal-data';
import { personalIn } from '@souk/personal-data';
import { forgetCart } from './cart/cart.actions.ts';
import { readCart } from './cart/cart.state.ts';
import { redemptions } from './promotion/promotion.store.ts';

const cart: PersonalData = {
  name: 'cart',
  read: async (ctx, { userId }) => ({ data: [await readCart(userId, ctx)], nextCursor: null }),
  erase: (ctx, userId) => forgetCart(userId, ctx),
};

/** What ecommerce holds of people: their cart and the promotions they used. */
export const personal = [cart, personalIn(redemptions, { by: 'customerId', hidden: ['ver'] })];
