import { cartItemAdded, cartUpdated } from '@souk/contracts';
import type { Tx } from '@souk/service-kit';
import type { CartNote } from './cart.note.store.ts';
import type { CartItem } from './cart.rules.ts';
import type { CartView } from './cart.views.ts';

export const noteId = (userId: string, key: string): string => `${userId}:${key}`;

/** What is to be told of a change that leaves the cart as `view` shows it. */
export function noteOf(
  view: CartView,
  change: { userId: string; key: string; added?: CartItem | undefined; now: Date },
): CartNote {
  const { cartId, version } = view;
  const { userId, key, added, now } = change;
  const about = { cartId, customerId: userId, at: now.toISOString() };
  return {
    _id: noteId(userId, key),
    ...{ userId, key, version, at: now },
    updated: { ...about, lines: view.items.map(lineOf) },
    ...(added && { added: { ...about, ...lineOf({ ...added, unitPrice: added.seenPrice }) } }),
  };
}

type Line = Pick<CartView['items'][number], 'companyId' | 'shopId' | 'productId' | 'variantId' | 'sku' | 'currency'>;

const lineOf = (item: Line & { quantity: number; unitPrice: number }) => {
  const { companyId, shopId, productId, variantId, sku, quantity, unitPrice, currency } = item;
  return { companyId, shopId, productId, variantId, sku, quantity, unitPrice, currency };
};

export function tellNote(tx: Tx, { version, updated, added }: CartNote): void {
  const about = { subject: updated.cartId, version };
  if (added) tx.publish(cartItemAdded, { ...about, companyId: added.companyId, data: added });
  tx.publish(cartUpdated, { ...about, data: updated });
}
