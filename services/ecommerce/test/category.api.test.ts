import { randomUUID } from 'node:crypto';
import { categoryCreated, categoryDeleted, categoryUpdated } from '@souk/contracts';
import type { TestService } from '@souk/testing';
import { customer, shopManager, shopStaff } from '@souk/testing';
import type { OpenedCompany } from './catalogue.ts';
import { openCompany, refusal, sell, startEcommerce } from './catalogue.ts';

let ecommerce: TestService;
let north: OpenedCompany;
let south: OpenedCompany;

beforeAll(async () => {
  ecommerce = await startEcommerce();
  north = await openCompany(ecommerce);
  south = await openCompany(ecommerce);
});
afterAll(() => ecommerce.stop());

const add = async (name: string, parentId?: string) =>
  (await ecommerce.request('POST', '/categories', { as: north.admin, body: { name, parentId } })).body;

describe('the tree of categories', () => {
  it('is told of as it changes', async () => {
    const [root, child] = [await add('Told'), await add('Told below')];
    const put = { as: north.admin, body: { name: 'Moved', slug: 'moved', parentId: root.id } };
    await ecommerce.request('PUT', `/categories/${child.id}`, put);
    await ecommerce.request('DELETE', `/categories/${child.id}`, { as: north.admin });
    const facts = await Promise.all(
      [categoryCreated, categoryUpdated, categoryDeleted].map((each) => ecommerce.published<object>(each)),
    );
    const ofChild = facts.flat().filter(({ subject }) => subject === child.id);
    expect(
      ofChild.map(({ type, sequence, data, changes }) => [type, sequence, data, changes?.map(({ field }) => field)]),
    ).toEqual([
      ['category.created', 1_000, expect.objectContaining({ slug: 'told-below' }), expect.arrayContaining(['name', 'slug'])],
      [
        'category.updated',
        2_000,
        expect.objectContaining({ slug: 'moved', parentId: root.id }),
        expect.arrayContaining(['parentId']),
      ],
      ['category.deleted', 3_000, expect.objectContaining({ companyId: north.companyId }), ['name']],
    ]);
  });

  it('never closes a circle nor loses a branch, whatever changes at once', async () => {
    const put = (id: string, parentId: string) =>
      ecommerce.request('PUT', `/categories/${id}`, { as: north.admin, body: { name: `In ${parentId}`, parentId } });
    const read = async (id: string) => (await ecommerce.request('GET', `/categories/${id}`)).body;
    for (let round = 0; round < 10; round += 1) {
      const [a, b, c] = [await add(`A ${round}`), await add(`B ${round}`), await add(`C ${round}`)];
      const crossed = await Promise.all([put(a.id, b.id), put(b.id, a.id)]);
      expect(crossed.filter(({ status }) => status === 200)).toHaveLength(1);
      const [outer, inner] = crossed[0]?.status === 200 ? [b, a] : [a, b];
      const [child] = await Promise.all([add(`Child ${round}`, inner.id), put(outer.id, c.id)]);
      expect((await read(child.id)).ancestorIds).toEqual([c.id, outer.id, inner.id]);
    }
  });

  it('is read by anybody, by company and by parent', async () => {
    const root = await add('Kitchen');
    const child = await add('Knives & forks', root.id);
    expect(child).toMatchObject({ slug: 'knives-forks', ancestorIds: [root.id], version: 1 });
    const { body } = await ecommerce.request('GET', `/categories?companyId=${north.companyId}&parentId=${root.id}`);
    expect(body.data.map(({ id }: { id: string }) => id)).toEqual([child.id]);
    expect((await ecommerce.request('GET', `/categories/${root.id}`)).headers.etag).toBe('"v1"');
  });

  it('moves a branch with everything below it, and never into itself', async () => {
    const [garden, tools] = [await add('Garden'), await add('Tools')];
    const spades = await add('Spades', tools.id);
    const small = await add('Small spades', spades.id);
    const put = (id: string, body: object) => ecommerce.request('PUT', `/categories/${id}`, { as: north.admin, body });
    expect((await put(tools.id, { name: 'Tools', parentId: small.id })).body.code).toBe('ecommerce.category_cycle');
    expect((await put(tools.id, { name: 'Tools', parentId: tools.id })).body.code).toBe('ecommerce.category_cycle');
    expect((await put(tools.id, { name: 'Tools', parentId: garden.id })).status).toBe(200);
    const { body } = await ecommerce.request('GET', `/categories/${small.id}`);
    expect(body.ancestorIds).toEqual([garden.id, tools.id, spades.id]);
    const product = await sell(ecommerce, north, { name: 'Spade', categoryIds: [small.id] });
    const found = await ecommerce.request('GET', `/products?category=${garden.id}`);
    expect(found.body.data.map(({ id }: { id: string }) => id)).toEqual([product.id]);
    expect((await put(tools.id, { name: 'Tools' })).body.parentId).toBeUndefined();
  });

  it('drops empty categories only', async () => {
    const parent = await add('Full');
    const child = await add('Empty', parent.id);
    const remove = (id: string) => ecommerce.request('DELETE', `/categories/${id}`, { as: north.admin });
    expect((await remove(parent.id)).body.code).toBe('ecommerce.category_in_use');
    expect((await remove(child.id)).status).toBe(204);
    expect((await remove(parent.id)).status).toBe(204);
  });

  it("is each company's own: others get 404, and parents of others are refused", async () => {
    const root = await add('Ours');
    const body = { name: 'Theirs', parentId: root.id };
    expect(await refusal(ecommerce, ['POST', '/categories', { as: south.admin, body }])).toEqual([422, 'invalid_request']);
    expect(await refusal(ecommerce, ['PUT', `/categories/${root.id}`, { as: south.admin, body: { name: 'Theirs' } }])).toEqual([
      404,
      'not_found',
    ]);
    expect(await refusal(ecommerce, ['DELETE', `/categories/${randomUUID()}`, { as: north.admin }])).toEqual([404, 'not_found']);
    expect(await refusal(ecommerce, ['POST', '/categories', { as: north.admin, body: { name: 'Ours' } }])).toEqual([
      409,
      'ecommerce.slug_taken',
    ]);
  });

  it('is kept by admins and managers; shop staff may rename', async () => {
    const root = await add('Staffed');
    const staff = shopStaff(north.companyId, [north.shopId]);
    expect((await ecommerce.request('PUT', `/categories/${root.id}`, { as: staff, body: { name: 'Renamed' } })).status).toBe(200);
    expect((await ecommerce.request('POST', '/categories', { as: staff, body: { name: 'New' } })).status).toBe(403);
    expect((await ecommerce.request('POST', '/categories', { as: customer(), body: { name: 'New' } })).status).toBe(403);
    const manager = shopManager(north.companyId, [north.shopId]);
    expect((await ecommerce.request('DELETE', `/categories/${root.id}`, { as: manager })).status).toBe(204);
  });
});
