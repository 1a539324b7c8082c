import { randomUUID } from 'node:crypto';
import type { Quote } from '@souk/contracts';
import { quoteCart, shopCreated } from '@souk/contracts';
import { unsealJson } from '@souk/service-kit';
import type { TestService } from '@souk/testing';
import { customer } from '@souk/testing';
import { openCompany, promote, QUOTE_KEY, sell, startEcommerce } from './catalogue.ts';

let ecommerce: TestService;
beforeAll(async () => {
  ecommerce = await startEcommerce();
});
afterAll(() => ecommerce.stop());

/** What the quotes of a cart with a mug of each of two shops of one company take off for a promotion. */
async function discountsOf(terms: Record<string, unknown>): Promise<number[]> {
  const company = await openCompany(ecommerce);
  const shopIds = [company.shopId, randomUUID()];
  await ecommerce.deliver(shopCreated, { ...company.shop, shopId: shopIds[1] ?? '' });
  const mug = await sell(ecommerce, company, { shopIds });
  await promote(ecommerce, company, terms);
  const buyer = customer();
  for (const shopId of shopIds)
    await ecommerce.request('POST', '/cart/items', { as: buyer, body: { productId: mug.id, shopId, quantity: 1 } });
  if (terms.code) await ecommerce.request('POST', '/cart/coupon', { as: buyer, body: { code: terms.code } });
  const { body } = await ecommerce.request('POST', quoteCart.path, {
    app: 'sales',
    body: { userId: buyer.userId, country: 'DE' },
  });
  return body.quotes.map((signed: string) => {
    const { quote } = unsealJson(signed, QUOTE_KEY, { audience: 'quote', now: new Date() });
    return (quote as Quote).pricing.discount;
  });
}

describe('promotions on a cart of two shops of one company', () => {
  it.each([
    ['a use that is the last in all is put on one', { code: 'LAST', limitTotal: 1 }, [100, 0]],
    ["a customer's last use is put on one", { code: 'ONCE', limitPerCustomer: 1 }, [100, 0]],
    ['so is that of an automatic one', { limitTotal: 1 }, [100, 0]],
    ['two uses are put on both', { code: 'TWICE', limitPerCustomer: 2 }, [100, 100]],
    ['an amount that was typed is taken off once', { code: 'FIVE', kind: 'fixed', value: 500 }, [500, 0]],
    ['a percentage that was typed is taken off everywhere', { code: 'TEN' }, [100, 100]],
    ['an automatic amount is taken off everywhere', { kind: 'fixed', value: 500 }, [500, 500]],
  ])('%s', async (_case, terms, discounts) => {
    expect(await discountsOf(terms)).toEqual(discounts);
  });
});
