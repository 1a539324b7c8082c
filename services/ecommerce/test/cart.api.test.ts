import { randomUUID } from 'node:crypto';
import type { EventData } from '@souk/contracts';
import { cartItemAdded, cartUpdated, inventoryUpdated, orderCreated, quoteCart, shopDeleted, userErased } from '@souk/contracts';
import { unsealJson } from '@souk/service-kit';
import type { TestService } from '@souk/testing';
import { customer, envelopeFor } from '@souk/testing';
import type { OpenedCompany } from './catalogue.ts';
import { openCompany, promote, QUOTE_KEY, refusal, sell, startEcommerce } from './catalogue.ts';

let ecommerce: TestService;
let north: OpenedCompany;
let south: OpenedCompany;
let mug: { id: string; variants: { variantId: string; sku: string }[] };

beforeAll(async () => {
  ecommerce = await startEcommerce();
  north = await openCompany(ecommerce);
  south = await openCompany(ecommerce);
  mug = await sell(ecommerce, north);
});
afterAll(() => ecommerce.stop());

const add = (as: ReturnType<typeof customer>, fields: object = {}, key?: string) =>
  ecommerce.request('POST', '/cart/items', {
    as,
    body: { productId: mug.id, shopId: north.shopId, quantity: 2, ...fields },
    ...(key && { key }),
  });
const cartOf = async (as: ReturnType<typeof customer>) => (await ecommerce.request('GET', '/cart', { as })).body;

/** An order as sales would publish it. */
const orderOf = (customerId: string, fields: Partial<EventData<typeof orderCreated>> = {}): EventData<typeof orderCreated> => ({
  ...orderCreated.example,
  orderId: randomUUID(),
  companyId: north.companyId,
  shopId: north.shopId,
  customerId,
  coupons: [],
  lines: [{ ...orderCreated.example.lines[0]!, productId: mug.id, sku: mug.variants[0]!.sku, quantity: 2 }],
  ...fields,
});

describe('the cart', () => {
  it('is empty at first, takes pieces, and joins the same variant', async () => {
    const buyer = customer();
    expect(await cartOf(buyer)).toMatchObject({ items: [], version: 0 });
    expect((await add(buyer)).status).toBe(201);
    const { body } = await add(buyer, { productId: undefined, sku: mug.variants[0]?.sku, quantity: 3 });
    expect(body.items).toMatchObject([
      { quantity: 5, unitPrice: 1_000, total: 5_000, currency: 'EUR', unavailable: false, priceChanged: false },
    ]);
    expect(body.subtotals).toEqual([{ companyId: north.companyId, shopId: north.shopId, currency: 'EUR', subtotal: 5_000 }]);
    const added = (await ecommerce.published(cartItemAdded)).filter(({ subject }) => subject === body.cartId);
    expect(added.map(({ data }) => data.quantity)).toEqual([2, 3]);
    const updated = (await ecommerce.published(cartUpdated)).filter(({ subject }) => subject === body.cartId);
    expect(updated.map(({ data, sequence }) => [sequence, data.lines[0]?.quantity])).toEqual([
      [1_001, 2],
      [2_001, 5],
    ]);
  });

  it('is kept apart for each user, and needs one', async () => {
    const buyer = customer();
    const { body } = await add(buyer);
    const other = customer();
    expect((await cartOf(other)).items).toEqual([]);
    expect(
      await refusal(ecommerce, ['PUT', `/cart/items/${body.items[0].itemId}`, { as: other, body: { quantity: 1 } }]),
    ).toEqual([404, 'not_found']);
    expect(await refusal(ecommerce, ['GET', '/cart'])).toEqual([401, 'unauthenticated']);
  });

  it('changes and drops lines, and empties', async () => {
    const buyer = customer();
    const { body } = await add(buyer);
    const [{ itemId }] = body.items;
    expect(
      (await ecommerce.request('PUT', `/cart/items/${itemId}`, { as: buyer, body: { quantity: 7 } })).body.items[0].quantity,
    ).toBe(7);
    expect((await ecommerce.request('DELETE', `/cart/items/${itemId}`, { as: buyer })).body.items).toEqual([]);
    await add(buyer);
    expect((await ecommerce.request('DELETE', '/cart', { as: buyer })).body).toMatchObject({ items: [], version: 5 });
  });

  it('loses nothing of ten additions at once, and adds once under one Idempotency-Key', async () => {
    const buyer = customer();
    const answers = await Promise.all(Array.from({ length: 5 }, () => add(buyer, { quantity: 1 })));
    const done = answers.filter(({ status }) => status === 201).length;
    expect(answers.every(({ status }) => status === 201 || status === 409)).toBe(true);
    expect((await cartOf(buyer)).items[0].quantity).toBe(done);
    await add(buyer, { quantity: 10 }, 'the-same-key');
    expect((await add(buyer, { quantity: 10 }, 'the-same-key')).headers['idempotent-replayed']).toBe('true');
    expect((await cartOf(buyer)).items[0].quantity).toBe(done + 10);
  });

  it.each([
    ['no pieces', { quantity: 0 }],
    ['half a piece', { quantity: 0.5 }],
    ['too many pieces', { quantity: 10_001 }],
    ['an unknown field', { price: 1 }],
    ['neither product nor sku', { productId: undefined }],
  ])('answers 422 to %s', async (_case, fields) => {
    expect((await add(customer(), fields)).status).toBe(422);
  });

  it('refuses what is not there or not sold in that shop', async () => {
    expect((await add(customer(), { productId: randomUUID() })).body.code).toBe('not_found');
    expect((await add(customer(), { shopId: south.shopId })).body).toMatchObject({
      code: 'ecommerce.line_unavailable',
      reason: 'not_sold',
    });
  });

  it('flags a price that changed until the user says how many again, and what is no longer sold or missing', async () => {
    const buyer = customer();
    const lamp = await sell(ecommerce, north, { name: 'Lamp' });
    const { body } = await add(buyer, { productId: lamp.id });
    const [{ itemId, sku }] = body.items;
    const patch = (fields: object) => ecommerce.request('PATCH', `/products/${lamp.id}`, { as: north.admin, body: fields });
    await patch({ variants: [{ sku, price: 1_250 }] });
    expect((await cartOf(buyer)).items[0]).toMatchObject({ unitPrice: 1_250, priceChanged: true, missingStock: false });
    const after = await ecommerce.request('PUT', `/cart/items/${itemId}`, { as: buyer, body: { quantity: 3 } });
    expect(after.body.items[0]).toMatchObject({ total: 3_750, priceChanged: false });
    const stockId = randomUUID();
    const stock = {
      stockId,
      companyId: north.companyId,
      shopIds: [north.shopId],
      sku,
      warehouseId: randomUUID(),
      onHand: 2,
      reserved: 0,
      available: 2,
    };
    await ecommerce.deliver(inventoryUpdated, { ...stock, cause: 'received' }, { subject: stockId });
    expect((await cartOf(buyer)).items[0].missingStock).toBe(true);
    await patch({ status: 'archived' });
    expect(await cartOf(buyer)).toMatchObject({
      items: [{ unavailable: true, reason: 'not_sold' }],
      subtotals: [{ subtotal: 0 }],
    });
  });

  it('is forgotten with its user', async () => {
    const buyer = customer();
    await add(buyer);
    await ecommerce.deliver(userErased, { userId: buyer.userId, at: new Date().toISOString() }, { subject: buyer.userId });
    expect((await cartOf(buyer)).items).toEqual([]);
  });
});

describe('an order from the cart', () => {
  it('takes its lines out once, however often it is told of', async () => {
    const buyer = customer();
    const { body } = await add(buyer, { quantity: 5 });
    const event = envelopeFor(orderCreated, orderOf(buyer.userId));
    await ecommerce.deliverEnvelope(event);
    await ecommerce.deliverEnvelope(event);
    await ecommerce.deliverEnvelope({ ...event, id: randomUUID() });
    expect((await cartOf(buyer)).items).toMatchObject([{ quantity: 3 }]);
    const updated = (await ecommerce.published(cartUpdated)).filter(({ subject }) => subject === body.cartId);
    expect(updated.at(-1)?.data.lines).toMatchObject([{ quantity: 3 }]);
  });

  it('leaves the cart alone when it was made at the till or imported', async () => {
    const buyer = customer();
    await add(buyer);
    await ecommerce.deliver(orderCreated, orderOf(buyer.userId, { source: 'pos' }));
    await ecommerce.deliver(orderCreated, orderOf(buyer.userId, { source: 'import' }));
    expect((await cartOf(buyer)).items[0].quantity).toBe(2);
  });
});

describe('a code on the cart', () => {
  it('is taken whatever its case, and refused when nothing in the cart has it', async () => {
    const buyer = customer();
    const put = (code: string) => refusal(ecommerce, ['POST', '/cart/coupon', { as: buyer, body: { code } }]);
    expect(await put('ANY')).toEqual([409, 'ecommerce.cart_empty']);
    await promote(ecommerce, north, { code: `Mugs-${north.shopId.slice(0, 8)}` });
    await add(buyer);
    expect(await put('NEVER-HEARD')).toEqual([409, 'ecommerce.coupon_not_valid']);
    const { status, body } = await ecommerce.request('POST', '/cart/coupon', {
      as: buyer,
      body: { code: `mugs-${north.shopId.slice(0, 8)}` },
    });
    expect([status, body.couponCode]).toEqual([200, `MUGS-${north.shopId.slice(0, 8).toUpperCase()}`]);
    expect((await ecommerce.request('DELETE', '/cart/coupon', { as: buyer })).body.couponCode).toBeUndefined();
  });
});

describe('quoting the cart', () => {
  const quotesOf = (userId: string, fields: object = {}) =>
    ecommerce.request('POST', quoteCart.path, { app: 'sales', body: { userId, country: 'de', ...fields } });

  it('gives one signed quote for each shop, with the code where it is valid', async () => {
    const buyer = customer();
    const tea = await sell(ecommerce, south, { name: 'Tea' });
    const code = `BOTH-${south.shopId.slice(0, 8)}`;
    await promote(ecommerce, south, { code });
    await add(buyer);
    await add(buyer, { productId: tea.id, shopId: south.shopId, quantity: 1 });
    await ecommerce.request('POST', '/cart/coupon', { as: buyer, body: { code } });
    const { status, body } = await quotesOf(buyer.userId);
    expect(status).toBe(200);
    const quotes = body.quotes.map(
      (signed: string) => unsealJson(signed, QUOTE_KEY, { audience: 'quote', now: new Date() }).quote,
    );
    expect(quotes).toMatchObject([
      {
        shopId: north.shopId,
        customerId: buyer.userId,
        pricing: { subtotal: 2_000, discount: 0, shipping: 490, tax: 473, total: 2_963 },
        coupons: [],
      },
      { shopId: south.shopId, pricing: { subtotal: 1_000, discount: 100 }, coupons: [{ code, discount: 100 }] },
    ]);
  });

  it('answers 409 with the reason for an empty cart, a line that is gone and a closed shop, and 404 to anybody else', async () => {
    const buyer = customer();
    expect((await quotesOf(buyer.userId)).body.code).toBe('ecommerce.cart_empty');
    const closing = await openCompany(ecommerce);
    const pot = await sell(ecommerce, closing);
    await add(buyer, { productId: pot.id, shopId: closing.shopId });
    await ecommerce.deliver(shopDeleted, { shopId: closing.shopId, companyId: closing.companyId, at: new Date().toISOString() });
    const { status, body } = await quotesOf(buyer.userId);
    expect([status, body.detail]).toEqual([409, `${pot.variants[0].sku}: shop_closed`]);
    expect((await ecommerce.request('POST', quoteCart.path, { as: buyer, body: { userId: buyer.userId } })).status).toBe(404);
  });
});
