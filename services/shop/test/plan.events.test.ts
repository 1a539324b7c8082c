import { companyCreated, companySubscriptionChanged, shopCreated } from '@souk/contracts';
import { newId } from '@souk/service-kit';
import type { TestService } from '@souk/testing';
import { companyAdmin, startTestService, superAdmin } from '@souk/testing';
import { service } from '../src/service.ts';

let shop: TestService;
let companyId: string;

beforeAll(async () => {
  shop = await startTestService(service);
});
beforeEach(async () => {
  companyId = newId();
  await shop.deliver(companyCreated, { ...companyCreated.example, companyId });
});
afterAll(() => shop.stop());

const allow = (limits: object, sequence: number) =>
  shop.deliver(companySubscriptionChanged, { ...companySubscriptionChanged.example, companyId, limits }, { sequence });
const add = (as = companyAdmin(companyId)) =>
  shop.request('POST', '/shops', { as, body: { name: 'Corner', ...(as.role === 'super_admin' && { companyId }) } });
const LIMIT = { status: 409, body: { code: 'plan.limit_reached', limit: 'shops', max: 2 } };

test('a company adds as many shops as its plan allows, and no more, whoever adds them', async () => {
  await allow({ shops: 2, staff: 1 }, 1_000);
  const first = await add();
  expect([first.status, (await add()).status]).toEqual([201, 201]);
  expect(await add()).toMatchObject(LIMIT);
  expect(await add(superAdmin())).toMatchObject(LIMIT);
  expect((await shop.published(shopCreated)).filter(({ data }) => data.companyId === companyId)).toHaveLength(2);
  await shop.request('DELETE', `/shops/${first.body.id}`, { as: companyAdmin(companyId) });
  expect((await add()).status).toBe(201);
});

test('of many who add the last one at once, one does', async () => {
  await allow({ shops: 2 }, 1_000);
  await add();
  const answers = await Promise.all(Array.from({ length: 6 }, () => add()));
  expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 409, 409, 409, 409, 409]);
});

test('another plan counts from then on; an older one that comes late does not; no limit is none', async () => {
  await allow({ shops: 0 }, 3_000);
  await allow({ shops: 5 }, 2_000);
  expect((await add()).body).toMatchObject({ code: 'plan.limit_reached', max: 0 });
  await allow({}, 4_000);
  expect([(await add()).status, (await add()).status]).toEqual([201, 201]);
  await allow({ shops: 1 }, 5_000);
  expect((await add()).status).toBe(409);
});
