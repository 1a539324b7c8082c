import { defineError } from '@souk/service-kit';

export const quoteUsed = defineError('sales.quote_used', 409, 'An order was made from this quote already');
export const quoteForOther = defineError('sales.quote_for_other', 422, 'This quote was made for somebody else');
export const shopUnknown = defineError('sales.shop_unknown', 422, 'There is no such shop that takes orders');
export const addressNeeded = defineError('sales.address_needed', 422, 'This order needs an address to ship to');
export const shippingNeeded = defineError(
  'sales.shipping_needed',
  422,
  'The quote names no way to send this: ask with an address',
);
export const quoteForOtherPlace = defineError(
  'sales.quote_for_other_place',
  422,
  'The quote was made for another country or state',
);
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
export const editRefused = defineError('sales.edit_refused', 409, 'Items can be changed only until the money is asked for');
export const orderChanged = defineError('sales.order_changed', 409, 'The order has changed meanwhile: look at it again');
export const itemUnknown = defineError('sales.item_unknown', 404, 'The order has no such item');
export const lastItem = defineError('sales.last_item', 409, 'An order keeps at least one item: cancel it instead');
export const currencyChanged = defineError('sales.currency_changed', 409, 'The shop sells in another currency now');
