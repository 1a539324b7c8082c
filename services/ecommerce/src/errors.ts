import { defineError } from '@souk/service-kit';

export const slugTaken = defineError('ecommerce.slug_taken', 409, 'Another one of the company has this slug');
export const skuTaken = defineError('ecommerce.sku_taken', 409, 'Another product of the company has this sku');
export const priceForbidden = defineError('ecommerce.price_forbidden', 403, 'Your role may not change prices or variants');
export const otherShops = defineError('ecommerce.sold_by_other_shops', 409, 'Shops that are not yours sell this product too');
export const wrongCurrency = defineError('ecommerce.wrong_currency', 422, "Prices are in the company's currency");
export const categoryInUse = defineError('ecommerce.category_in_use', 409, 'The category has products or categories in it');
export const categoryCycle = defineError('ecommerce.category_cycle', 409, 'A category cannot be inside itself');
export const codeTaken = defineError('ecommerce.code_taken', 409, 'Another promotion of the company has this code');
export const couponNotValid = defineError('ecommerce.coupon_not_valid', 409, 'The code is not valid for this basket');
export const cartFull = defineError('ecommerce.cart_full', 409, 'A cart holds at most 100 lines');
export const cartEmpty = defineError('ecommerce.cart_empty', 409, 'The cart is empty');
export const lineUnavailable = defineError('ecommerce.line_unavailable', 409, 'Something in the basket cannot be bought now');
export const shippingUnavailable = defineError('ecommerce.shipping_unavailable', 409, 'The basket cannot be sent there that way');
export const basketTooLarge = defineError('ecommerce.basket_too_large', 422, 'The basket is worth more than we can price');
export const planLimitReached = defineError('plan.limit_reached', 409, 'The plan of the company allows no more of these');
