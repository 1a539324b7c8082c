import { z } from 'zod';
import { defineEvent } from '../event.ts';
import { id, instant, sku } from '../ids.ts';
import { currency } from '../money.ts';
import { ids, moments, mug } from './examples.ts';
import { amount, at, cartLine, count } from './shapes.ts';

const producer = 'ecommerce';

/** `price` is the catalogue's own, in minor units, before lists per shop and schedules. */
const productVariant = z.object({
  variantId: id,
  sku,
  price: amount,
  currency,
  tracked: z.boolean(),
  backorderable: z.boolean(),
});
const product = z.object({
  productId: id,
  companyId: id,
  name: z.string().min(1),
  status: z.enum(['draft', 'active', 'archived']),
  shopIds: z.array(id),
  categoryIds: z.array(id),
  brandId: id.optional(),
  variants: z.array(productVariant),
  at,
});
const redMug: z.infer<typeof product> = {
  productId: ids.product,
  companyId: ids.company,
  name: 'Red mug',
  status: 'active',
  shopIds: [ids.shop],
  categoryIds: [ids.category],
  variants: [{ variantId: ids.variant, sku: mug, price: 12_999, currency: 'USD', tracked: true, backorderable: false }],
  at: moments.placed,
};

export const productCreated = defineEvent({
  type: 'product.created',
  producer,
  when: 'A product was added to the catalogue; drafts too.',
  schema: product,
  example: redMug,
});

export const productUpdated = defineEvent({
  type: 'product.updated',
  producer,
  when: 'Anything of a product or its variants changed; it carries the product as it is now.',
  schema: product,
  example: { ...redMug, status: 'archived' },
});

export const productDeleted = defineEvent({
  type: 'product.deleted',
  producer,
  when: 'A product was taken out of the catalogue with all its variants.',
  schema: z.object({ productId: id, companyId: id, shopIds: z.array(id), skus: z.array(sku), at }),
  example: { productId: ids.product, companyId: ids.company, shopIds: [ids.shop], skus: [mug], at: moments.placed },
});

export const productViewed = defineEvent({
  type: 'product.viewed',
  producer,
  kind: 'signal',
  when: "A visitor's client reported that it showed a product, with how long when it left.",
  schema: z.object({
    productId: id,
    companyId: id,
    shopId: id.optional(),
    customerId: id.optional(),
    durationMs: count.optional(),
    at,
  }),
  example: {
    productId: ids.product,
    companyId: ids.company,
    shopId: ids.shop,
    customerId: ids.customer,
    durationMs: 8_400,
    at: moments.placed,
  },
});

export const productPriceChanged = defineEvent({
  type: 'product.price_changed',
  producer,
  when: 'The price asked for a variant changed, or the currency of its product; once for each variant.',
  schema: z.object({
    productId: id,
    variantId: id,
    companyId: id,
    shopId: id.optional(),
    sku,
    currency,
    before: amount.optional(),
    after: amount,
    at,
  }),
  example: {
    productId: ids.product,
    variantId: ids.variant,
    companyId: ids.company,
    sku: mug,
    currency: 'USD',
    before: 14_999,
    after: 12_999,
    at: moments.placed,
  },
});

const cart = z.object({ cartId: id, customerId: id.optional() });
const redMugInCart: z.infer<typeof cartLine> = {
  companyId: ids.company,
  shopId: ids.shop,
  productId: ids.product,
  variantId: ids.variant,
  sku: mug,
  quantity: 2,
  unitPrice: 12_999,
  currency: 'USD',
};

export const cartItemAdded = defineEvent({
  type: 'cart.item_added',
  producer,
  when: 'Pieces of a product were put into a cart; `quantity` is what was added, not what is in it now.',
  schema: cart.extend(cartLine.shape).extend({ at }),
  example: { cartId: ids.cart, customerId: ids.customer, ...redMugInCart, at: moments.placed },
});

export const cartUpdated = defineEvent({
  type: 'cart.updated',
  producer,
  when: 'A cart changed in any way, emptied included; it carries all its lines, of every company in it.',
  schema: cart.extend({ lines: z.array(cartLine), at }),
  example: { cartId: ids.cart, customerId: ids.customer, lines: [redMugInCart], at: moments.placed },
});

export const cartAbandoned = defineEvent({
  type: 'cart.abandoned',
  producer,
  when: 'A cart with lines was left untouched for the time set, once until it is touched again.',
  schema: cart.extend({ lines: z.array(cartLine).min(1), lastChangedAt: instant, at }),
  example: {
    cartId: ids.cart,
    customerId: ids.customer,
    lines: [redMugInCart],
    lastChangedAt: moments.placed,
    at: moments.shipped,
  },
});

export const wishlistItemAdded = defineEvent({
  type: 'wishlist.item_added',
  producer,
  when: 'A customer put a product on the wishlist, or asked to be told of it.',
  schema: z.object({
    customerId: id,
    companyId: id,
    productId: id,
    variantId: id.optional(),
    notify: z.array(z.enum(['back_in_stock', 'price_drop'])),
    at,
  }),
  example: {
    customerId: ids.customer,
    companyId: ids.company,
    productId: ids.product,
    notify: ['back_in_stock'],
    at: moments.placed,
  },
});

export const reviewCreated = defineEvent({
  type: 'review.created',
  producer,
  when: 'A customer reviewed a product, once per product; `verified` when they bought it.',
  schema: z.object({
    reviewId: id,
    productId: id,
    companyId: id,
    customerId: id,
    rating: z.int().min(1).max(5),
    verified: z.boolean(),
    at,
  }),
  example: {
    reviewId: ids.review,
    productId: ids.product,
    companyId: ids.company,
    customerId: ids.customer,
    rating: 5,
    verified: true,
    at: moments.returned,
  },
});

export const importProgressed = defineEvent({
  type: 'import.progressed',
  producer,
  kind: 'signal',
  when: 'A product import moved on: at most once a second while it works, and at each change of status.',
  schema: z.object({
    importId: id,
    companyId: id,
    userId: id,
    status: z.enum(['receiving', 'checking', 'checked', 'committing', 'done', 'failed', 'cancelled']),
    totalRows: count.optional(),
    doneRows: count,
    errorRows: count,
    at,
  }),
  example: {
    importId: ids.import,
    companyId: ids.company,
    userId: ids.manager,
    status: 'checking',
    totalRows: 100_000,
    doneRows: 42_000,
    errorRows: 3,
    at: moments.placed,
  },
});
