import { randomUUID } from 'node:crypto';
import {
  companyDeleted,
  productCreated,
  productDeleted,
  productPriceChanged,
  productUpdated,
  productViewed,
} from '@souk/contracts';
import type { TestRequest, TestService } from '@souk/testing';
import { customer, eventually, shopManager, shopStaff, superAdmin } from '@souk/testing';
import type { OpenedCompany } from './catalogue.ts';
import { newSku, openCompany, productBody, refusal, sell, startEcommerce } from './catalogue.ts';

let ecommerce: TestService;
let north: OpenedCompany;
let south: OpenedCompany;

beforeAll(async () => {
  ecommerce = await startEcommerce();
  north = await openCompany(ecommerce);
  south = await openCompany(ecommerce);
});
afterAll(() => ecommerce.stop());

describe('adding a product', () => {
  it('answers 201 with where it is, keeps it in the currency of the company, and publishes it', async () => {
    const body = productBody(north.shopId, { name: 'Grüne Tasse!', tags: ['kitchen'] });
    const { status, headers, body: product } = await ecommerce.request('POST', '/products', { as: north.admin, body });
    expect(status).toBe(201);
    expect(headers.location).toBe(`/api/products/${product.id}`);
    expect(product).toMatchObject({
      slug: 'grune-tasse',
      currency: 'EUR',
      companyId: north.companyId,
      version: 1,
      taxClass: 'standard',
    });
    expect(product.variants[0]).toMatchObject({ price: 1_000, currency: 'EUR', tracked: true, backorderable: false });
    const [event] = (await ecommerce.published(productCreated)).filter(({ subject }) => subject === product.id);
    expect(event).toMatchObject({
      companyid: north.companyId,
      sequence: 1_000,
      data: { productId: product.id, shopIds: [north.shopId] },
    });
  });

  it('gives a second product of the same name a slug of its own, and refuses a slug or sku that is taken', async () => {
    const first = await sell(ecommerce, north, { name: 'Twin' });
    const second = await sell(ecommerce, north, { name: 'Twin' });
    expect(second.slug).toMatch(/^twin-[0-9a-f]{6}$/);
    const post = (fields: object) =>
      refusal(ecommerce, ['POST', '/products', { as: north.admin, body: productBody(north.shopId, { ...fields }) }]);
    expect(await post({ slug: 'twin' })).toEqual([409, 'ecommerce.slug_taken']);
    expect(await post({ variants: first.variants.map(({ sku }: { sku: string }) => ({ sku, price: 1 })) })).toEqual([
      409,
      'ecommerce.sku_taken',
    ]);
    const other = await sell(ecommerce, south, { slug: 'twin', variants: [{ sku: first.variants[0].sku, price: 5 }] });
    expect(other.slug).toBe('twin');
  });

  it('answers 409, never 500, to all but one of twenty at once with the same sku', async () => {
    const sku = newSku();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        ecommerce.request('POST', '/products', {
          as: north.admin,
          body: productBody(north.shopId, { name: `Racer ${index}`, variants: [{ sku, price: 1 }] }),
        }),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array.from({ length: 19 }, () => 409)]);
  });

  it('is for admins and for managers in their own shops', async () => {
    const body = productBody(north.shopId);
    const post = (as: TestRequest) => refusal(ecommerce, ['POST', '/products', as]);
    expect(await post({ body })).toEqual([401, 'unauthenticated']);
    expect(await post({ as: customer(), body })).toEqual([403, 'forbidden']);
    expect(await post({ as: shopStaff(north.companyId, [north.shopId]), body })).toEqual([403, 'forbidden']);
    expect(await post({ as: shopManager(north.companyId, [randomUUID()]), body })).toEqual([422, 'invalid_request']);
    expect(await post({ as: superAdmin(), body })).toEqual([422, 'invalid_request']);
    const managed = await ecommerce.request('POST', '/products', { as: shopManager(north.companyId, [north.shopId]), body });
    expect(managed.status).toBe(201);
    const byOperator = await ecommerce.request('POST', '/products', {
      as: superAdmin(),
      body: { ...productBody(south.shopId), companyId: south.companyId },
    });
    expect(byOperator.body.companyId).toBe(south.companyId);
  });

  it.each([
    ['no variants', { variants: [] }],
    ['a negative price', { variants: [{ sku: 'NEGATIVE', price: -1 }] }],
    ['a price with decimals', { variants: [{ sku: 'HALF', price: 0.5 }] }],
    [
      'a sku twice',
      {
        variants: [
          { sku: 'TWICE', price: 1 },
          { sku: 'TWICE', price: 1 },
        ],
      },
    ],
    ['an unknown field', { colour: 'red' }],
    ['a slug with spaces', { slug: 'not a slug' }],
    ['a name too long', { name: 'x'.repeat(201) }],
    ['an unknown category', { categoryIds: [randomUUID()] }],
  ])('answers 422 to %s', async (_case, fields) => {
    expect(await refusal(ecommerce, ['POST', '/products', { as: north.admin, body: productBody(north.shopId, fields) }])).toEqual(
      [422, 'invalid_request'],
    );
  });

  it('answers 422 to a shop of another company and to another currency', async () => {
    expect((await refusal(ecommerce, ['POST', '/products', { as: north.admin, body: productBody(south.shopId) }]))[0]).toBe(422);
    const body = productBody(north.shopId, { currency: 'USD' });
    expect(await refusal(ecommerce, ['POST', '/products', { as: north.admin, body }])).toEqual([422, 'ecommerce.wrong_currency']);
  });
});

describe('changing a product', () => {
  it('changes what is named, keeps what carts know variants by, and publishes each price that changed', async () => {
    const product = await sell(ecommerce, north, { description: 'Old', brand: 'Nordic' });
    const [{ variantId, sku }] = product.variants;
    const body = {
      description: null,
      variants: [
        { sku, price: 1_500 },
        { sku: newSku(), price: 10 },
      ],
    };
    const {
      status,
      headers,
      body: after,
    } = await ecommerce.request('PATCH', `/products/${product.id}`, { as: north.admin, body });
    expect([status, headers.etag]).toEqual([200, '"v2"']);
    expect(after).toMatchObject({ brand: 'Nordic', version: 2 });
    expect(after.description).toBeUndefined();
    expect(after.variants[0]).toMatchObject({ variantId, price: 1_500 });
    const prices = (await ecommerce.published(productPriceChanged)).filter(({ subject }) => subject === product.id);
    expect(prices.map(({ data }) => data)).toMatchObject([{ variantId, sku, before: 1_000, after: 1_500, currency: 'EUR' }]);
    const [updated] = (await ecommerce.published(productUpdated)).filter(({ subject }) => subject === product.id);
    expect(updated?.changes?.map(({ field }) => field)).toEqual(expect.arrayContaining(['description', 'variants']));
  });

  it('is nothing when nothing is named', async () => {
    const product = await sell(ecommerce, north);
    const answer = await ecommerce.request('PATCH', `/products/${product.id}`, { as: north.admin, body: {} });
    expect([answer.status, answer.headers.etag]).toEqual([200, '"v1"']);
    expect((await ecommerce.published(productUpdated)).filter(({ subject }) => subject === product.id)).toEqual([]);
  });

  it('empties with PUT what is left out, but for slug and status', async () => {
    const product = await sell(ecommerce, north, { brand: 'Nordic', tags: ['kitchen'], slug: `kept-${randomUUID()}` });
    const body = { name: 'Plain', shopIds: [north.shopId], variants: [{ sku: product.variants[0].sku, price: 1_000 }] };
    const { body: after } = await ecommerce.request('PUT', `/products/${product.id}`, { as: north.admin, body });
    expect(after).toMatchObject({ name: 'Plain', tags: [], slug: product.slug, status: 'active' });
    expect(after.brand).toBeUndefined();
  });

  it('lets shop staff change words, but not prices or variants, and not delete', async () => {
    const product = await sell(ecommerce, north);
    const staff = shopStaff(north.companyId, [north.shopId]);
    const patch = (body: object) => ecommerce.request('PATCH', `/products/${product.id}`, { as: staff, body });
    expect((await patch({ name: 'Better mug' })).status).toBe(200);
    const { sku } = product.variants[0];
    expect((await patch({ variants: [{ sku, price: 999 }] })).body.code).toBe('ecommerce.price_forbidden');
    expect(
      (
        await patch({
          variants: [
            { sku, price: 1_000 },
            { sku: newSku(), price: 1 },
          ],
        })
      ).body.code,
    ).toBe('ecommerce.price_forbidden');
    expect(await refusal(ecommerce, ['DELETE', `/products/${product.id}`, { as: staff }])).toEqual([403, 'forbidden']);
  });

  it('is not there for another company or another shop, and needs the version that stands', async () => {
    const product = await sell(ecommerce, north);
    const patch = (options: object) =>
      refusal(ecommerce, ['PATCH', `/products/${product.id}`, { body: { name: 'Mine' }, ...options }]);
    expect(await patch({ as: south.admin })).toEqual([404, 'not_found']);
    expect(await patch({ as: shopManager(north.companyId, [randomUUID()]) })).toEqual([404, 'not_found']);
    expect(await patch({ as: north.admin, headers: { 'if-match': '"v7"' } })).toEqual([412, 'precondition_failed']);
  });

  it('lets only one of two that read the same version write', async () => {
    const product = await sell(ecommerce, north);
    const patch = (name: string) =>
      ecommerce.request('PATCH', `/products/${product.id}`, { as: north.admin, body: { name }, headers: { 'if-match': '"v1"' } });
    const statuses = (await Promise.all([patch('One'), patch('Two')])).map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
  });
});

describe('removing a product', () => {
  it('answers 204, publishes its skus, and frees them', async () => {
    const product = await sell(ecommerce, north);
    expect((await ecommerce.request('DELETE', `/products/${product.id}`, { as: north.admin })).status).toBe(204);
    expect((await ecommerce.request('GET', `/products/${product.id}`)).status).toBe(404);
    const [event] = (await ecommerce.published(productDeleted)).filter(({ subject }) => subject === product.id);
    expect(event?.data).toMatchObject({ skus: [product.variants[0].sku], shopIds: [north.shopId] });
    await sell(ecommerce, north, { variants: [{ sku: product.variants[0].sku, price: 1 }] });
  });

  it('is refused to a manager while shops of others sell it', async () => {
    const product = await sell(ecommerce, north, { shopIds: [north.shopId, randomUUID()] });
    const manager = shopManager(north.companyId, [north.shopId]);
    expect(await refusal(ecommerce, ['DELETE', `/products/${product.id}`, { as: manager }])).toEqual([
      409,
      'ecommerce.sold_by_other_shops',
    ]);
  });
});

describe('reading a product', () => {
  it('shows active ones to anybody, also by slug, and drafts to who may change them only', async () => {
    const product = await sell(ecommerce, north, { slug: `shown-${randomUUID()}` });
    const draft = await sell(ecommerce, north, { status: 'draft', slug: `draft-${randomUUID()}` });
    expect((await ecommerce.request('GET', `/products/slug/${product.slug}`)).body.id).toBe(product.id);
    expect((await ecommerce.request('GET', `/products/${product.id}`, { as: south.admin })).status).toBe(200);
    for (const as of [undefined, customer(), south.admin, shopStaff(north.companyId, [randomUUID()])]) {
      expect((await ecommerce.request('GET', `/products/${draft.id}`, as ? { as } : {})).status).toBe(404);
      expect((await ecommerce.request('GET', `/products/slug/${draft.slug}`, as ? { as } : {})).status).toBe(404);
    }
    expect(
      (await ecommerce.request('GET', `/products/${draft.id}`, { as: shopStaff(north.companyId, [north.shopId]) })).status,
    ).toBe(200);
    expect((await ecommerce.request('GET', '/products/not-an-id')).status).toBe(404);
  });

  it('tells whoever counts that it was shown', async () => {
    const product = await sell(ecommerce, north);
    const buyer = customer();
    const report = { as: buyer, key: 'same', body: { durationMs: 1_200, shopId: north.shopId } };
    expect((await ecommerce.request('POST', `/products/${product.id}/views`, report)).status).toBe(204);
    const repeated = await ecommerce.request('POST', `/products/${product.id}/views`, report);
    expect(repeated.headers['idempotent-replayed']).toBeUndefined();
    await eventually(async () => {
      const [event] = (await ecommerce.published(productViewed)).filter(({ subject }) => subject === product.id);
      expect(event?.data).toMatchObject({ customerId: buyer.userId, durationMs: 1_200, companyId: north.companyId });
    });
    expect((await ecommerce.request('POST', `/products/${randomUUID()}/views`, { body: {} })).status).toBe(404);
  });
});

describe('a company that is suspended or gone', () => {
  it('is read-only, then not there', async () => {
    const closing = await openCompany(ecommerce);
    const product = await sell(ecommerce, closing);
    const at = new Date().toISOString();
    await ecommerce.suspend(closing.companyId);
    const patch = ['PATCH', `/products/${product.id}`, { as: closing.admin, body: { name: 'Late' } }] as const;
    expect(await refusal(ecommerce, patch)).toEqual([402, 'company_suspended']);
    expect((await ecommerce.request('GET', `/products/${product.id}`)).status).toBe(200);
    await ecommerce.deliver(companyDeleted, { companyId: closing.companyId, purgeAt: at, at });
    expect((await ecommerce.request('GET', `/products/${product.id}`)).status).toBe(404);
    const { body } = await ecommerce.request('GET', `/products?companyId=${closing.companyId}`);
    expect(body.data).toEqual([]);
  });
});
