import { companySubscriptionChanged } from '@souk/contracts';
import type { TestService } from '@souk/testing';
import type { OpenedCompany } from './catalogue.ts';
import { openCompany, productBody, startEcommerce } from './catalogue.ts';

let ecommerce: TestService;
let north: OpenedCompany;

beforeAll(async () => {
  ecommerce = await startEcommerce();
});
beforeEach(async () => {
  north = await openCompany(ecommerce);
});
afterAll(() => ecommerce.stop());

function allow(limits: object, sequence: number) {
  const told = { ...companySubscriptionChanged.example, companyId: north.companyId, limits };
  return ecommerce.deliver(companySubscriptionChanged, told, { sequence });
}
const add = () => ecommerce.request('POST', '/products', { as: north.admin, body: productBody(north.shopId) });
const LIMIT = { status: 409, body: { code: 'plan.limit_reached', limit: 'products', max: 2 } };

test('a company adds as many products as its plan allows, and no more', async () => {
  await allow({ products: 2, shops: 0 }, 1_000);
  const first = await add();
  expect([first.status, (await add()).status]).toEqual([201, 201]);
  expect(await add()).toMatchObject(LIMIT);
  await ecommerce.request('DELETE', `/products/${first.body.id}`, { as: north.admin });
  expect((await add()).status).toBe(201);
  await allow({}, 2_000);
  expect((await add()).status).toBe(201);
});

test('of many who add the last one at once, one does', async () => {
  await allow({ products: 2 }, 1_000);
  await add();
  const answers = await Promise.all(Array.from({ length: 6 }, () => add()));
  expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 409, 409, 409, 409, 409]);
});
