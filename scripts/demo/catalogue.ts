import type { Api } from './api.ts';
import type { Tenant } from './tenant.ts';

export interface DemoVariant {
  variantId: string;
  sku: string;
  price: number;
}

export interface DemoProduct {
  productId: string;
  name: string;
  variants: DemoVariant[];
}

const ADJECTIVES = ['Oak', 'Linen', 'Copper', 'Sage', 'Midnight', 'Amber', 'Ivory', 'Slate', 'Coral', 'Juniper'];
const THINGS = ['Mug', 'Lamp', 'Notebook', 'Cushion', 'Teapot', 'Basket', 'Candle'];
const SIZES = ['Small', 'Large'];
const RECEIVED_AT_ONCE = 200;

/**
 * Adds `count` products of two variants each, sold by all shops of the company, with `stock` pieces of each in every warehouse; those that an
 * earlier run has added are left as they are.
 */
export async function stockCatalogue(
  api: Api,
  tenant: Tenant,
  plan: { prefix: string; count: number; stock: number },
): Promise<DemoProduct[]> {
  const { token } = tenant.admin;
  const made: DemoProduct[] = [];
  for (let index = 0; index < plan.count; index += 1) {
    const name = `${ADJECTIVES[index % ADJECTIVES.length]} ${THINGS[Math.floor(index / ADJECTIVES.length) % THINGS.length]}`;
    const number = String(index + 1).padStart(3, '0');
    const variants = SIZES.map((size, place) => ({
      sku: `${plan.prefix}-${number}-${size[0]}`,
      options: { size },
      price: 900 + 137 * (index % 40) + 500 * place,
      weightGrams: 200 + 150 * place,
    }));
    const body = {
      name: `${name} ${number}`,
      slug: `${name} ${number}`.toLowerCase().replaceAll(' ', '-'),
      description: `A ${name.toLowerCase()} for every day.`,
      status: 'active',
      shopIds: tenant.shopIds,
      tags: [name.split(' ')[1]?.toLowerCase() ?? 'thing'],
      variants,
    };
    const product = await addProduct(api, tenant, body);
    made.push({
      productId: product.id,
      name: product.name,
      variants: product.variants.map((each: DemoVariant) => ({ variantId: each.variantId, sku: each.sku, price: each.price })),
    });
  }
  const lines = made.flatMap(({ variants }) =>
    tenant.warehouseIds.flatMap((warehouseId) => variants.map(({ sku }) => ({ sku, warehouseId, quantity: plan.stock }))),
  );
  for (let start = 0; start < lines.length; start += RECEIVED_AT_ONCE)
    await api.insist('POST', '/inventory/receive', {
      ...{ token, body: { lines: lines.slice(start, start + RECEIVED_AT_ONCE) } },
      // Received once, even if a run that has broken off is repeated.
      key: `${tenant.companyId}-${plan.prefix}-${start}`,
    });
  return made;
}

async function addProduct(api: Api, { admin: { token }, companyId }: Tenant, body: { slug: string }) {
  const taken = 'ecommerce.slug_taken';
  const made = await api.insist('POST', '/products', {
    token,
    body,
    until: (status, { code }) => status < 300 || code === taken,
  });
  return made.code === taken ? api.insist('GET', `/products/slug/${body.slug}?companyId=${companyId}`, { token }) : made;
}
