import type { Quote } from '@souk/contracts';
import { shopCreated } from '@souk/contracts';
import { newId, sealJson } from '@souk/service-kit';
import type { TestService } from '@souk/testing';
import { startTestService } from '@souk/testing';
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

export async function openShop(app: TestService): Promise<Shop> {
  const shop = { companyId: newId(), shopId: newId(), warehouseId: newId() };
  const { companyId, shopId, warehouseId } = shop;
  await app.deliver(shopCreated, { ...shopCreated.example, companyId, shopId, warehouseIds: [warehouseId], isActive: true });
  return shop;
}

/** A quote of two lines worth 3,000 in all. */
export function quoteFor(shop: Shop, quote: Partial<Quote> = {}): Quote {
  const line = (sku: string, quantity: number, unitPrice: number) => ({
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
  return {
    quoteId: newId(),
    companyId: shop.companyId,
    shopId: shop.shopId,
    currency: 'USD',
    lines: [line('MUG', 2, 1_000), line('TEA', 1, 1_000)],
    pricing: { subtotal: 3_000, discount: 0, shipping: 0, tax: 0, total: 3_000 },
    coupons: [],
    validUntil: new Date(Date.now() + 900_000).toISOString(),
    ...quote,
  };
}

export const signed = (quote: Quote, now = new Date()): string =>
  sealJson({ quote }, QUOTE_KEY, { audience: 'quote', ttlSeconds: 900, now });
