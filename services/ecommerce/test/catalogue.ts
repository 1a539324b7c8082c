import { randomUUID } from 'node:crypto';
import type { CompanySettings } from '@souk/contracts';
import { companyCreated, shopCreated } from '@souk/contracts';
import type { TestRequest, TestService } from '@souk/testing';
import { companyAdmin, startTestService } from '@souk/testing';
import { service } from '../src/service.ts';

export const QUOTE_KEY = 'the-quote-key-of-the-tests-of-32-bytes-or-more';

export const startEcommerce = (env: Record<string, string> = {}): Promise<TestService> =>
  startTestService(service, { env: { SEARCH_POLL_MS: '100', ...env }, secrets: { 'quote-key': QUOTE_KEY } });

export const settings: CompanySettings = {
  currency: 'EUR',
  timezone: 'Europe/Berlin',
  taxInclusive: false,
  taxZones: [{ country: 'DE', rates: [{ taxClass: 'standard', rate: 1_900 }] }],
  shippingZones: [
    {
      zoneId: randomUUID(),
      name: 'Germany',
      countries: ['DE'],
      methods: [
        { methodId: randomUUID(), name: 'Parcel', kind: 'delivery', rates: [{ minWeightGrams: 0, minTotal: 0, price: 490 }] },
      ],
    },
  ],
  lowStockThreshold: 5,
  returnWindowDays: 30,
  reservationSeconds: 900,
};

/** A company with a shop, known to the service, and its admin. */
export async function openCompany(ecommerce: TestService, given: Partial<CompanySettings> = {}) {
  const companyId = randomUUID();
  const shopId = randomUUID();
  const createdAt = new Date().toISOString();
  const profile = { companyId, name: 'North Mugs', slug: 'north-mugs', isActive: true };
  await ecommerce.deliver(companyCreated, { ...profile, settings: { ...settings, ...given }, createdAt });
  const shop = { shopId, companyId, name: 'Corner', country: 'DE', isActive: true, warehouseIds: [], at: createdAt };
  await ecommerce.deliver(shopCreated, shop);
  const admin = companyAdmin(companyId);
  return { companyId, shopId, shop, profile, admin };
}

export type OpenedCompany = Awaited<ReturnType<typeof openCompany>>;

let skus = 0;
export const newSku = (): string => {
  skus += 1;
  return `SKU-${process.pid}-${skus}`;
};

/** What a client posts for a product that is on sale. */
export const productBody = (shopId: string, fields: Record<string, unknown> = {}) => ({
  name: 'Red mug',
  status: 'active',
  shopIds: [shopId],
  variants: [{ sku: newSku(), price: 1_000, weightGrams: 300 }],
  ...fields,
});

/** Puts a product on sale and gives it as the service shows it. */
export async function sell(ecommerce: TestService, { admin, shopId }: OpenedCompany, fields: Record<string, unknown> = {}) {
  const { status, body } = await ecommerce.request('POST', '/products', { as: admin, body: productBody(shopId, fields) });
  if (status !== 201) throw new Error(`the product was refused: ${JSON.stringify(body)}`);
  return body;
}

/** Makes a promotion and gives it as the service shows it. */
export async function promote(ecommerce: TestService, { admin }: OpenedCompany, fields: Record<string, unknown>) {
  const body = { name: 'Ten percent', kind: 'percent', value: 1_000, ...fields };
  const answer = await ecommerce.request('POST', '/promotions', { as: admin, body });
  if (answer.status !== 201) throw new Error(`the promotion was refused: ${JSON.stringify(answer.body)}`);
  return answer.body;
}

/** The code of a refusal, to compare with its status in one line. */
export async function refusal(ecommerce: TestService, call: readonly [string, string, TestRequest?]): Promise<[number, string]> {
  const { status, body } = await ecommerce.request(...call);
  return [status, body.code];
}
