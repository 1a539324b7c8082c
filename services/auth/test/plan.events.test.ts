import { companySubscriptionChanged } from '@souk/contracts';
import type { TestService } from '@souk/testing';
import { companyAdmin, superAdmin } from '@souk/testing';
import { newAddress, startAuth } from './running-auth.ts';

let auth: TestService;
let companyId: string;
beforeAll(async () => {
  auth = await startAuth();
});
beforeEach(() => {
  companyId = crypto.randomUUID();
});
afterAll(() => auth.stop());

const allow = (limits: object, sequence: number) =>
  auth.deliver(companySubscriptionChanged, { ...companySubscriptionChanged.example, companyId, limits }, { sequence });
const add = (as = companyAdmin(companyId)) => {
  const body = { email: newAddress(), name: 'Col League', role: 'shop_staff', ...(as.role === 'super_admin' && { companyId }) };
  return auth.request('POST', '/users', { as, body });
};
const LIMIT = { status: 409, body: { code: 'plan.limit_reached', limit: 'staff', max: 2 } };

test('a company adds as many colleagues as its plan allows, and no more, whoever adds them', async () => {
  await allow({ staff: 2, shops: 0 }, 1_000);
  expect([(await add()).status, (await add(superAdmin())).status]).toEqual([201, 201]);
  expect(await add()).toMatchObject(LIMIT);
  expect(await add(superAdmin())).toMatchObject(LIMIT);
  await allow({}, 2_000);
  expect((await add()).status).toBe(201);
});

test('who is switched off makes room, and is not switched on again where there is none', async () => {
  await allow({ staff: 2 }, 1_000);
  const as = companyAdmin(companyId);
  const { body: first } = await add();
  await add();
  await auth.request('POST', `/users/${first.id}/deactivate`, { as });
  expect((await add()).status).toBe(201);
  expect(await auth.request('POST', `/users/${first.id}/reactivate`, { as })).toMatchObject(LIMIT);
  await allow({ staff: 3 }, 2_000);
  expect((await auth.request('POST', `/users/${first.id}/reactivate`, { as })).status).toBe(200);
});

test('of many who take the last place at once, one does', async () => {
  await allow({ staff: 2 }, 1_000);
  await add();
  const answers = await Promise.all(Array.from({ length: 6 }, () => add()));
  expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 409, 409, 409, 409, 409]);
});
