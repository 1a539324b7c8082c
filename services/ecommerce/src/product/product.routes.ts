import { id } from '@souk/contracts';
import {
  anybody,
  created,
  endpoint,
  noContent,
  preconditionFailed,
  roles,
  rolesAndGuests,
  STAFF,
  versioned,
} from '@souk/service-kit';
import { z } from 'zod';
import { otherShops, planLimitReached, priceForbidden, skuTaken, slugTaken, wrongCurrency } from '../errors.ts';
import { addProduct, patchProduct, removeProduct, replaceProduct, reportView } from './product.actions.ts';
import { getShownProduct } from './product.reads.ts';
import { productInput, productPatch, productReplacement, productView, slug, viewProduct } from './product.views.ts';

const params = z.object({ id });
const { shop_staff: _staff, ...KEEPERS } = STAFF;
const readers = rolesAndGuests({ ...STAFF, customer: 'public' });

export const productEndpoints = [
  endpoint({
    method: 'GET',
    path: '/products/:id',
    summary: 'One product: an active one, or one of your own.',
    access: readers,
    params,
    output: productView,
    run: async ({ params: { id: _id } }, ctx) => {
      const product = await getShownProduct({ _id }, ctx);
      return versioned(viewProduct(product), product.version);
    },
  }),
  endpoint({
    method: 'GET',
    path: '/products/slug/:slug',
    summary: 'One product by its slug; where two companies have the same, name the company.',
    access: readers,
    params: z.object({ slug }),
    query: z.strictObject({ companyId: id.optional() }),
    output: productView,
    run: async ({ params: { slug: wanted }, query: { companyId } }, ctx) => {
      const product = await getShownProduct({ slug: wanted, ...(companyId && { companyId }) }, ctx);
      return versioned(viewProduct(product), product.version);
    },
  }),
  endpoint({
    method: 'POST',
    path: '/products',
    summary: 'Adds a product with its variants. Prices are minor units of the currency of the company.',
    access: roles(KEEPERS),
    body: productInput,
    output: productView,
    errors: [slugTaken, skuTaken, wrongCurrency, planLimitReached],
    run: async ({ body }, ctx) => {
      const product = await addProduct(body, ctx);
      return created(viewProduct(product), `/products/${product._id}`);
    },
  }),
  endpoint({
    method: 'PUT',
    path: '/products/:id',
    summary: 'Replaces a product. Shop staff may not change prices or which variants there are.',
    access: roles(STAFF),
    params,
    body: productReplacement,
    output: productView,
    errors: [preconditionFailed, slugTaken, skuTaken, priceForbidden],
    run: async ({ params: { id: _id }, body }, ctx) => {
      const product = await replaceProduct(_id, body, ctx);
      return versioned(viewProduct(product), product.version);
    },
  }),
  endpoint({
    method: 'PATCH',
    path: '/products/:id',
    summary: 'Changes the named fields of a product. Shop staff may not change prices or which variants there are.',
    access: roles(STAFF),
    params,
    body: productPatch,
    output: productView,
    errors: [preconditionFailed, slugTaken, skuTaken, priceForbidden],
    run: async ({ params: { id: _id }, body }, ctx) => {
      const product = await patchProduct(_id, body, ctx);
      return versioned(viewProduct(product), product.version);
    },
  }),
  endpoint({
    method: 'DELETE',
    path: '/products/:id',
    summary: 'Takes a product out of the catalogue.',
    access: roles(KEEPERS),
    params,
    status: 204,
    errors: [preconditionFailed, otherShops],
    run: async ({ params: { id: _id } }, ctx) => {
      await removeProduct(_id, ctx);
      return noContent();
    },
  }),
  endpoint({
    method: 'POST',
    path: '/products/:id/views',
    summary: 'Reports that a product was shown, and for how long.',
    access: anybody,
    // One view too many does not matter; a key kept for every view of every visitor would.
    idempotency: 'none',
    params,
    body: z.strictObject({ durationMs: z.int().min(0).max(86_400_000).optional(), shopId: id.optional() }),
    status: 204,
    run: async ({ params: { id: _id }, body }, ctx) => {
      await reportView(_id, body, ctx);
      return noContent();
    },
  }),
];
