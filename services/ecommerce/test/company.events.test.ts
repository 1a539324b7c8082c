import { randomUUID } from 'node:crypto';
import { companySettingsUpdated, getCompanyState, productPriceChanged, shopDeleted, shopUpdated } from '@souk/contracts';
import type { TestService } from '@souk/testing';
import { shopStaff, superAdmin } from '@souk/testing';
import { shops } from '../src/company/company.store.ts';
import { newSku, openCompany, productBody, refusal, sell, settings, startEcommerce } from './catalogue.ts';

let ecommerce: TestService;
beforeAll(async () => {
  ecommerce = await startEcommerce();
});
afterAll(() => ecommerce.stop());

const now = () => new Date().toISOString();

describe('a shop', () => {
  it('has no state any more when it moves to where there is none, and keeps its place when it is deleted', async () => {
    const { shop, shopId, companyId } = await openCompany(ecommerce);
    const move = (place: object, sequence: number) =>
      ecommerce.deliver(shopUpdated, { ...shop, ...place }, { subject: shopId, sequence });
    const known = () => ecommerce.db(shops).findOne({ _id: shopId });
    await move({ country: 'US', state: 'NY' }, 9_001_000);
    expect(await known()).toMatchObject({ country: 'US', state: 'NY' });
    await move({ country: 'FR' }, 9_002_000);
    expect(await known()).toMatchObject({ country: 'FR', sequence: 9_002_000 });
    expect(await known()).not.toHaveProperty('state');
    await move({ country: 'US', state: 'NY' }, 9_001_500);
    await ecommerce.deliver(shopDeleted, { shopId, companyId, at: now() }, { subject: shopId, sequence: 9_003_000 });
    expect(await known()).toMatchObject({ country: 'FR', isActive: false });
  });
});

describe('a company that changes its currency', () => {
  it('sells a product again once its prices are stated, by who may, and tells of each as changed', async () => {
    const company = await openCompany(ecommerce);
    const { companyId, shopId, admin } = company;
    const [sku, other] = [newSku(), newSku()];
    const variants = [sku, other].map((each) => ({ sku: each, price: 1_000 }));
    const product = await sell(ecommerce, company, { variants });
    const changed = { companyId, settings: { ...settings, currency: 'USD' }, at: now() };
    await ecommerce.deliver(companySettingsUpdated, changed, { subject: companyId, sequence: 9_000_000 });
    const lines = [{ sku, quantity: 1 }];
    const quote = async () =>
      (await ecommerce.request('POST', '/quotes', { body: { shopId, lines, address: { country: 'DE' } } })).body;
    const patch = async (as: typeof admin, body: object) =>
      (await ecommerce.request('PATCH', `/products/${product.id}`, { as, body })).body.currency;
    expect((await quote()).code).toBe('ecommerce.line_unavailable');
    expect(await patch(admin, { name: 'Still in euros' })).toBe('EUR');
    expect(await patch(shopStaff(companyId, [shopId]), { variants })).toBe('EUR');
    expect(await patch(admin, { variants: [{ sku, price: 1_100 }, variants[1]] })).toBe('USD');
    expect((await quote()).quote.currency).toBe('USD');
    const told = (await ecommerce.published(productPriceChanged)).filter(({ subject }) => subject === product.id);
    expect(told.map(({ data }) => [data.sku, data.currency, data.before, data.after])).toEqual([
      [sku, 'USD', undefined, 1_100],
      [other, 'USD', undefined, 1_000],
    ]);
  });
});

describe('what a super admin makes for a company', () => {
  it('needs one that is there, also one that was not told of yet', async () => {
    const companyId = randomUUID();
    const answer = (state: 'active' | 'deleted' | 'unknown') =>
      ecommerce.sidecar.answer(getCompanyState, ({ params }) => ({ companyId: params.id, state }));
    const posts = [
      ['/products', productBody(randomUUID(), { companyId })],
      ['/categories', { name: 'Theirs', companyId }],
      ['/promotions', { name: 'Theirs', kind: 'percent', value: 1, companyId }],
    ] as const;
    for (const state of ['unknown', 'deleted'] as const) {
      answer(state);
      for (const [path, body] of posts)
        expect(await refusal(ecommerce, ['POST', path, { as: superAdmin(), body }])).toEqual([422, 'invalid_request']);
    }
    answer('active');
    const [path, body] = posts[1];
    expect((await ecommerce.request('POST', path, { as: superAdmin(), body })).body).toMatchObject({ companyId });
  });
});
