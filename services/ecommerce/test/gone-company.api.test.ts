import { randomUUID } from 'node:crypto';
import type { TestService } from '@souk/testing';
import { deleteCompany, holdingsOf, purgeCompanies } from '@souk/testing';
import type { OpenedCompany } from './catalogue.ts';
import { openCompany, refusal, sell, startEcommerce } from './catalogue.ts';

let ecommerce: TestService;
let gone: OpenedCompany;
let left: OpenedCompany;
const [word, slug] = ['Zwieback', `zwieback-${randomUUID()}`];
let elder: { id: string };
let younger: { id: string };
let category: { id: string };

beforeAll(async () => {
  ecommerce = await startEcommerce();
  gone = await openCompany(ecommerce);
  left = await openCompany(ecommerce);
  elder = await sell(ecommerce, gone, { name: word, slug, brand: 'Gone' });
  younger = await sell(ecommerce, left, { name: word, slug, brand: 'Left' });
  category = (await ecommerce.request('POST', '/categories', { as: gone.admin, body: { name: 'Bread' } })).body;
  await deleteCompany(ecommerce, gone.companyId);
});
afterAll(() => ecommerce.stop());

describe('what a deleted company sold', () => {
  it('is neither found nor counted nor suggested', async () => {
    const { body } = await ecommerce.request('GET', `/products?q=${word}`);
    expect(body).toMatchObject({ data: [{ id: younger.id }], total: 1, facets: { brands: [{ value: 'Left', count: 1 }] } });
    const { body: suggested } = await ecommerce.request('GET', '/products/suggest?q=zwie');
    expect(suggested.suggestions).toEqual([{ productId: younger.id, name: word, slug }]);
  });

  it('does not hide what another company has under the same slug', async () => {
    expect((await ecommerce.request('GET', `/products/slug/${slug}`)).body.id).toBe(younger.id);
    expect(await refusal(ecommerce, ['GET', `/products/slug/${slug}?companyId=${gone.companyId}`])).toEqual([404, 'not_found']);
    expect(await refusal(ecommerce, ['GET', `/products/${elder.id}`])).toEqual([404, 'not_found']);
  });

  it('has no categories any more', async () => {
    expect((await ecommerce.request('GET', `/categories?companyId=${gone.companyId}`)).body.data).toEqual([]);
    expect(await refusal(ecommerce, ['GET', `/categories/${category.id}`])).toEqual([404, 'not_found']);
  });
});

describe('what is left of it when it is due', () => {
  it('goes for good, but for the word that it is gone; another company keeps everything', async () => {
    const held = await holdingsOf(ecommerce, left.companyId);
    expect(await holdingsOf(ecommerce, gone.companyId)).toEqual({ products: 1, categories: 1, companies: 1, shops: 1 });
    await purgeCompanies(ecommerce);
    expect(await holdingsOf(ecommerce, gone.companyId)).toEqual({ companies: 1 });
    expect(await holdingsOf(ecommerce, left.companyId)).toEqual(held);
    const { body } = await ecommerce.request('GET', `/products?q=${word}`);
    expect(body).toMatchObject({ data: [{ id: younger.id }], total: 1 });
  });
});
