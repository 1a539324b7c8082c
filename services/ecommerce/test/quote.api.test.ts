import { randomUUID } from 'node:crypto';
import { companySettingsUpdated, quote as quoteSchema } from '@souk/contracts';
import { sealJson, unsealJson } from '@souk/service-kit';
import type { TestService } from '@souk/testing';
import { customer, shopStaff } from '@souk/testing';
import type { OpenedCompany } from './catalogue.ts';
import { openCompany, promote, QUOTE_KEY, sell, settings, startEcommerce } from './catalogue.ts';

let ecommerce: TestService;
let north: OpenedCompany;
let mug: { id: string; variants: { variantId: string; sku: string }[] };

beforeAll(async () => {
  ecommerce = await startEcommerce();
  north = await openCompany(ecommerce);
  mug = await sell(ecommerce, north, { name: 'Mug', variants: [{ sku: 'MUG-1', price: 1_000, options: { colour: 'red' } }] });
});
afterAll(() => ecommerce.stop());

const ask = (fields: object = {}, options: object = {}) =>
  ecommerce.request('POST', '/quotes', {
    body: { shopId: north.shopId, lines: [{ productId: mug.id, quantity: 3 }], address: { country: 'DE' }, ...fields },
    ...options,
  });

describe('a quote', () => {
  it('is priced for anybody, explained, and signed for sales', async () => {
    const { status, body } = await ask();
    expect(status).toBe(200);
    expect(body.quote).toMatchObject({
      currency: 'EUR',
      pricing: { subtotal: 3_000, discount: 0, shipping: 490, tax: 663, total: 4_153 },
      shippingMethod: 'Parcel',
      shippingKind: 'delivery',
      country: 'DE',
      lines: [{ name: 'Mug (red)', sku: 'MUG-1', quantity: 3, tax: 570, total: 3_570, tracked: true, backorder: false }],
    });
    expect(body.quote.customerId).toBeUndefined();
    expect(body.explain.map(({ kind, amount }: { kind: string; amount: number }) => [kind, amount])).toEqual([
      ['base', 3_000],
      ['tax', 570],
      ['shipping', 490],
      ['shipping_tax', 93],
    ]);
    const { quote } = unsealJson(body.signed, QUOTE_KEY, { audience: 'quote', now: new Date() });
    expect(quoteSchema.parse(quote)).toEqual(body.quote);
    expect(Date.parse(body.quote.validUntil)).toBeGreaterThan(Date.now() + 890_000);
  });

  it('has an id of its own each time, ends with its time, and cannot be forged', async () => {
    const [first, second] = [(await ask()).body, (await ask()).body];
    expect(first.quote.quoteId).not.toBe(second.quote.quoteId);
    const [once, again] = [await ask({}, { key: 'same' }), await ask({}, { key: 'same' })];
    // No answer is kept for a key: any guest could fill the database with them.
    expect(again.body.quote.quoteId).not.toBe(once.body.quote.quoteId);
    const later = new Date(Date.now() + 901_000);
    expect(() => unsealJson(first.signed, QUOTE_KEY, { audience: 'quote', now: later })).toThrow('too long ago');
    const forged = sealJson({ quote: first.quote }, QUOTE_KEY.toUpperCase(), {
      audience: 'quote',
      now: new Date(),
      ttlSeconds: 60,
    });
    expect(() => unsealJson(forged, QUOTE_KEY, { audience: 'quote', now: new Date() })).toThrow();
  });

  it("is the customer's own, or of whom staff name", async () => {
    const buyer = customer();
    expect((await ask({ customerId: randomUUID() }, { as: buyer })).body.quote.customerId).toBe(buyer.userId);
    expect((await ask({ customerId: buyer.userId })).body.quote.customerId).toBeUndefined();
    const staff = shopStaff(north.companyId, [north.shopId]);
    expect((await ask({ customerId: buyer.userId }, { as: staff })).body.quote.customerId).toBe(buyer.userId);
  });

  it('names what cannot be had: lines, the way to send it, the code', async () => {
    const lines = [
      { productId: mug.id, quantity: 1 },
      { productId: randomUUID(), quantity: 1 },
      { sku: 'NO-SUCH', quantity: 1 },
    ];
    const gone = await ask({ lines });
    expect(gone.body).toMatchObject({
      status: 409,
      code: 'ecommerce.line_unavailable',
      lines: [
        { index: 1, reason: 'unknown' },
        { index: 2, sku: 'NO-SUCH' },
      ],
    });
    expect((await ask({ address: { country: 'FR' } })).body).toMatchObject({
      status: 409,
      code: 'ecommerce.shipping_unavailable',
    });
    expect((await ask({ shippingMethod: 'Pigeon' })).body.code).toBe('ecommerce.shipping_unavailable');
    expect((await ask({ couponCode: 'NO-SUCH' })).body).toMatchObject({ status: 409, code: 'ecommerce.coupon_not_valid' });
    await promote(ecommerce, north, { code: 'DEAR', minimumSubtotal: 3_001 });
    expect((await ask({ couponCode: 'dear' })).body).toMatchObject({
      code: 'ecommerce.coupon_not_valid',
      minimumSubtotal: 3_001,
    });
  });

  it.each([
    ['no lines', { lines: [] }],
    ['a line of nothing', { lines: [{ quantity: 1 }] }],
    ['no pieces', { lines: [{ sku: 'MUG-1', quantity: 0 }] }],
    ['a country in small letters', { address: { country: 'de' } }],
    ['an unknown field', { discount: 100 }],
  ])('answers 422 to %s', async (_case, fields) => {
    expect((await ask(fields)).status).toBe(422);
  });

  it('obeys settings that changed, and the newest of them only', async () => {
    const company = await openCompany(ecommerce, { taxInclusive: false });
    const product = await sell(ecommerce, company);
    const at = new Date().toISOString();
    const say = (taxInclusive: boolean, sequence: number) =>
      ecommerce.deliver(
        companySettingsUpdated,
        { companyId: company.companyId, settings: { ...settings, taxInclusive }, at },
        { sequence },
      );
    await say(true, 9_000_000);
    await say(false, 8_000_000);
    const { body } = await ask({ shopId: company.shopId, lines: [{ productId: product.id, quantity: 1 }] });
    expect(body.quote.pricing).toMatchObject({ subtotal: 1_000, tax: 160 + 78, total: 1_490 });
  });

  it('applies the automatic promotions and the code that was typed, with a use left', async () => {
    const company = await openCompany(ecommerce);
    const product = await sell(ecommerce, company);
    const asked = { shopId: company.shopId, lines: [{ productId: product.id, quantity: 2 }] };
    const automatic = await promote(ecommerce, company, { stackable: true });
    const typed = await promote(ecommerce, company, {
      code: 'FIVE',
      kind: 'fixed',
      value: 500,
      stackable: true,
      limitPerCustomer: 1,
    });
    expect((await ask(asked)).body.quote.coupons).toEqual([{ promotionId: automatic.id, discount: 200 }]);
    const both = await ask({ ...asked, couponCode: 'five' }, { as: customer() });
    expect(both.body.quote.coupons).toEqual([
      { promotionId: automatic.id, discount: 200 },
      { promotionId: typed.id, code: 'FIVE', discount: 500 },
    ]);
    // Uses of a guest cannot be counted.
    expect((await ask({ ...asked, couponCode: 'five' })).body.code).toBe('ecommerce.coupon_not_valid');
  });
});
