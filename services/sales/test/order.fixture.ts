import type { OrderLine, Quote } from '@souk/contracts';
import { shopCreated } from '@souk/contracts';
import { newId, sealJson } from '@souk/service-kit';
import type { TestService } from '@souk/testing';
import { startTestService } from '@souk/testing';
import type { Order } from '../src/order.model.ts';
import { service } from '../src/service.ts';

export const QUOTE_KEY = 'a-quote-key-for-tests-of-32-bytes-or-more';

export const address = { name: 'Ada Byron', line1: '1 Analytical Way', city: 'London', postalCode: 'N1', country: 'GB' };

export interface Shop {
  companyId: string;
  shopId: string;
  warehouseId: string;
}

/** Sales, with one shop it knows of. */
export async function startSales(): Promise<{ app: TestService; shop: Shop }> {
  const app = await startTestService(service, { secrets: { 'quote-key': QUOTE_KEY } });
  return { app, shop: await openShop(app) };
}

export async function openShop(app: TestService, named?: Shop): Promise<Shop> {
  const shop = named ?? { companyId: newId(), shopId: newId(), warehouseId: newId() };
  const { companyId, shopId, warehouseId } = shop;
  await app.deliver(shopCreated, { ...shopCreated.example, companyId, shopId, warehouseIds: [warehouseId], isActive: true });
  return shop;
}

/** A tracked line without discount or tax. */
export const lineOf = (sku: string, quantity: number, unitPrice: number): OrderLine => ({
  lineId: newId(),
  productId: newId(),
  sku,
  name: sku,
  quantity,
  unitPrice,
  discount: 0,
  tax: 0,
  total: quantity * unitPrice,
  tracked: true,
  backorder: false,
});

/** An open order from a checkout that nobody has answered yet. */
export const createdOrder = (of: Pick<Order, 'lines' | 'holdUntil' | 'placedAt'> & Partial<Order>): Order => ({
  _id: newId(),
  orderNumber: 'SO-1',
  companyId: newId(),
  shopId: newId(),
  source: 'checkout',
  revision: 1,
  currency: 'USD',
  pricing: { subtotal: 3_000, discount: 0, shipping: 0, tax: 0, total: 3_000 },
  coupons: [],
  paymentMethod: 'sandbox',
  warehouseIds: [],
  status: 'pending',
  phase: 'open',
  paymentStatus: 'pending',
  answers: { promotions: 'redeemed' },
  asks: 0,
  shipments: [],
  timeline: [],
  version: 1,
  createdAt: of.placedAt,
  updatedAt: of.placedAt,
  ...of,
});

/** A quote of two lines worth 3,000 in all. */
export function quoteFor(shop: Shop, quote: Partial<Quote> = {}): Quote {
  return {
    quoteId: newId(),
    companyId: shop.companyId,
    shopId: shop.shopId,
    currency: 'USD',
    lines: [lineOf('MUG', 2, 1_000), lineOf('TEA', 1, 1_000)],
    pricing: { subtotal: 3_000, discount: 0, shipping: 0, tax: 0, total: 3_000 },
    coupons: [],
    shippingMethod: 'Parcel',
    shippingKind: 'delivery',
    country: address.country,
    validUntil: new Date(Date.now() + 900_000).toISOString(),
    ...quote,
  };
}

export const signed = (quote: Quote, now = new Date()): string =>
  sealJson({ quote }, QUOTE_KEY, { audience: 'quote', ttlSeconds: 900, now });
