import { randomUUID } from 'node:crypto';
import type { EventData } from '@souk/contracts';
import { inventoryUpdated, productUpdated } from '@souk/contracts';
import type { TestService } from '@souk/testing';
import { customer, eventually, shopStaff } from '@souk/testing';
import { products } from '../src/product/product.store.ts';
import { stock as stockItems } from '../src/stock/stock.store.ts';
import type { OpenedCompany } from './catalogue.ts';
import { openCompany, refusal, sell, startEcommerce } from './catalogue.ts';

let ecommerce: TestService;
let north: OpenedCompany;

beforeAll(async () => {
  ecommerce = await startEcommerce();
  north = await openCompany(ecommerce);
});
afterAll(() => ecommerce.stop());

const find = async (query: string, as?: Parameters<TestService['request']>[2]) =>
  (await ecommerce.request('GET', `/products?${query}`, as)).body;
const idsOf = ({ data }: { data: { id: string }[] }) => data.map(({ id }) => id);

describe('the list of products', () => {
  it('finds what was just written, by a word with a typo, and no longer what was renamed', async () => {
    const product = await sell(ecommerce, north, { name: 'Samovar' });
    expect(idsOf(await find('q=samovra'))).toEqual([]);
    expect(idsOf(await find('q=samowar'))).toEqual([product.id]);
    await ecommerce.request('PATCH', `/products/${product.id}`, { as: north.admin, body: { name: 'Kettle' } });
    expect(idsOf(await find('q=samovar'))).toEqual([]);
    expect(idsOf(await find('q=kettle'))).toEqual([product.id]);
  });

  it('filters, sorts, pages and counts', async () => {
    const company = await openCompany(ecommerce);
    for (const [index, price] of [500, 100, 300, 200, 400].entries()) {
      await sell(ecommerce, company, {
        name: `Bowl ${index}`,
        brand: index < 2 ? 'Nordic' : 'Bodum',
        variants: [{ sku: `B${index}-${company.shopId}`.slice(0, 60), price }],
      });
    }
    const query = `companyId=${company.companyId}&q=bowl&sort=price&limit=2`;
    const first = await find(query);
    expect(first).toMatchObject({
      total: 5,
      facets: {
        price: { min: 100, max: 500 },
        brands: [
          { value: 'Bodum', count: 3 },
          { value: 'Nordic', count: 2 },
        ],
      },
    });
    const second = await find(`${query}&cursor=${first.nextCursor}`);
    const third = await find(`${query}&cursor=${second.nextCursor}`);
    const prices = [first, second, third].flatMap(({ data }) =>
      data.map((each: { variants: { price: number }[] }) => each.variants[0]?.price),
    );
    expect(prices).toEqual([100, 200, 300, 400, 500]);
    expect(third.nextCursor).toBeNull();
    expect((await find(`companyId=${company.companyId}&minPrice=250&maxPrice=450`)).total).toBe(2);
    expect((await find(`shopId=${company.shopId}&brand=nordic`)).total).toBe(2);
  });

  it('shows drafts to staff of their shops only', async () => {
    const draft = await sell(ecommerce, north, { name: 'Prototype', status: 'draft' });
    expect(await refusal(ecommerce, ['GET', '/products?status=draft'])).toEqual([403, 'forbidden']);
    expect(await refusal(ecommerce, ['GET', '/products?status=draft', { as: customer() }])).toEqual([403, 'forbidden']);
    expect(idsOf(await find('q=prototype&status=draft', { as: north.admin }))).toEqual([draft.id]);
    expect(idsOf(await find('q=prototype&status=draft', { as: shopStaff(north.companyId, [randomUUID()]) }))).toEqual([]);
    expect(idsOf(await find('q=prototype', { as: north.admin }))).toEqual([]);
  });

  it.each([
    'limit=0',
    'limit=101',
    'sort=cheapest',
    'minPrice=-1',
    'cursor=nonsense',
    'cursor=WyJhIl0',
    'unknown=1',
    'inStock=perhaps',
    'companyId=x',
  ])('answers 422 to %s', async (query) => {
    expect(await refusal(ecommerce, ['GET', `/products?${query}`])).toEqual([422, 'invalid_request']);
  });

  it('answers the same at /products/search and by category, with all below it', async () => {
    const category = async (body: object) => (await ecommerce.request('POST', '/categories', { as: north.admin, body })).body;
    const kitchen = await category({ name: 'Kitchen' });
    const knives = await category({ name: 'Knives', parentId: kitchen.id });
    const product = await sell(ecommerce, north, { name: 'Santoku', categoryIds: [knives.id] });
    expect(idsOf((await ecommerce.request('GET', '/products/search?q=santoku')).body)).toEqual([product.id]);
    expect(idsOf((await ecommerce.request('GET', `/products/category/${kitchen.id}`)).body)).toEqual([product.id]);
    expect(idsOf(await find(`category=${kitchen.id}&q=santoku`))).toEqual([product.id]);
    expect(await refusal(ecommerce, ['DELETE', `/categories/${knives.id}`, { as: north.admin }])).toEqual([
      409,
      'ecommerce.category_in_use',
    ]);
  });

  it('suggests by the first letters', async () => {
    const product = await sell(ecommerce, north, { name: 'Mandoline' });
    const { body } = await ecommerce.request('GET', '/products/suggest?q=mando');
    expect(body.suggestions).toEqual([{ productId: product.id, name: 'Mandoline', slug: product.slug }]);
  });
});

describe('stock', () => {
  const item = (product: { variants: { sku: string }[] }, available: number): EventData<typeof inventoryUpdated> => ({
    stockId: randomUUID(),
    companyId: north.companyId,
    shopIds: [north.shopId],
    sku: product.variants[0]?.sku ?? '',
    warehouseId: randomUUID(),
    onHand: available,
    reserved: 0,
    available,
    cause: 'received',
  });

  it('decides what inStock finds, by the newest event, whatever comes last', async () => {
    const product = await sell(ecommerce, north, { name: 'Whisk' });
    const stock = item(product, 3);
    expect(idsOf(await find('q=whisk&inStock=true'))).toEqual([]);
    await ecommerce.deliver(inventoryUpdated, stock, { subject: stock.stockId, sequence: 2_000 });
    await eventually(async () => expect(idsOf(await find(`q=whisk&inStock=true&shopId=${north.shopId}`))).toEqual([product.id]));
    await ecommerce.deliver(inventoryUpdated, { ...stock, available: 0 }, { subject: stock.stockId, sequence: 1_000 });
    expect(await ecommerce.db(stockItems).findOne({ _id: stock.stockId })).toMatchObject({ available: 3, sequence: 2_000 });
    await ecommerce.deliver(inventoryUpdated, { ...stock, available: 0 }, { subject: stock.stockId, sequence: 3_000 });
    await eventually(async () => expect(idsOf(await find('q=whisk&inStock=false'))).toEqual([product.id]));
  });
});

describe('another replica', () => {
  it('is told of a write, and finds it by itself when nobody told it', async () => {
    const product = await sell(ecommerce, north, { name: 'Colander' });
    const rename = (name: string, version: number) =>
      ecommerce.db(products).updateOne({ _id: product.id }, { $set: { name, version } });
    await rename('Sieve', 2);
    const { companyId } = north;
    const facts = {
      productId: product.id,
      companyId,
      name: 'Sieve',
      status: 'active' as const,
      shopIds: [],
      categoryIds: [],
      variants: [],
      at: new Date().toISOString(),
    };
    await ecommerce.tell(productUpdated, facts);
    expect(idsOf(await find('q=sieve'))).toEqual([product.id]);
  });
});
