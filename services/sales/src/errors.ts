import { defineError } from '@souk/service-kit';

export const quoteUsed = defineError('sales.quote_used', 409, 'An order was made from this quote already');
export const quoteForOther = defineError('sales.quote_for_other', 422, 'This quote was made for somebody else');
export const shopUnknown = defineError('sales.shop_unknown', 422, 'There is no such shop that takes orders');
export const addressNeeded = defineError('sales.address_needed', 422, 'This order needs an address to ship to');
export const paymentMethodRefused = defineError('sales.payment_method_refused', 422, 'This order cannot be paid in that way');
export const moveRefused = defineError('sales.move_refused', 409, 'The order cannot go there from where it is');
export const nothingToShip = defineError('sales.nothing_to_ship', 422, 'These pieces are not waiting to be shipped');
export const cartEmpty = defineError('sales.cart_empty', 409, 'There is nothing in the cart');
export const externalIdUsed = defineError('sales.external_id_used', 409, 'An order with this external id was imported already');
export const shopWithoutWarehouses = defineError(
  'sales.shop_without_warehouses',
  409,
  'No warehouse is known to serve this shop',
);
