import { featureCreated, planCreated, planUpdated } from '@souk/contracts';
import { newId } from '@souk/service-kit';
import type { TestService } from '@souk/testing';
import { companyAdmin } from '@souk/testing';
import { startCompany } from './running-company.ts';
import { addPlan, platform } from './subscription-world.ts';

let app: TestService;
beforeAll(async () => {
  app = await startCompany();
});
afterAll(() => app.stop());

const price = { amount: 4_900, currency: 'USD' };
const ask = (method: string, path: string, body?: object) => app.request(method, path, { as: platform, body });

test('a plan is added with features that are there, told of, and shown to anybody', async () => {
  const key = 'forecast';
  expect((await ask('POST', '/features', { key, name: 'Forecasts' })).status).toBe(201);
  const body = { name: 'Pro', price, billingCycle: 'year', trialDays: 14, limits: { shops: 3 }, features: [key] };
  const { status, headers, body: plan } = await ask('POST', '/plans', body);
  expect([status, headers.location]).toEqual([201, `/api/plans/${plan.id}`]);
  expect((await app.request('GET', `/plans/${plan.id}`)).body).toMatchObject({ ...body, isArchived: false });
  const [event] = (await app.published(planCreated)).filter(({ subject }) => subject === plan.id);
  expect(event?.data).toMatchObject({ planId: plan.id, price: 4_900, currency: 'USD', limits: { shops: 3 }, features: [key] });
});

test('a price never changes; a plan is archived, leaves the list, and is offered again', async () => {
  const id = await addPlan(app);
  expect((await ask('PATCH', `/plans/${id}`, { price })).status).toBe(422);
  expect((await ask('PATCH', `/plans/${id}`, { limits: {} })).status).toBe(422);
  expect((await ask('PATCH', `/plans/${id}`, { isArchived: true })).body).toMatchObject({ isArchived: true, version: 2 });
  const listed = async (query: string) => (await app.request('GET', `/plans?limit=100${query}`)).body.data.map((plan) => plan.id);
  expect(await listed('')).not.toContain(id);
  expect(await listed('&isArchived=true')).toContain(id);
  expect((await ask('PATCH', `/plans/${id}`, { isArchived: true })).body).toMatchObject({ version: 2 });
  expect((await ask('PATCH', `/plans/${id}`, { isArchived: false, name: 'Again' })).body).toMatchObject({
    name: 'Again',
    version: 3,
  });
  const told = (await app.published(planUpdated)).filter(({ subject }) => subject === id);
  expect(told.map(({ data }) => data.isArchived)).toEqual([true, false]);
});

test('a feature has a key of its own, is told of, and shown to anybody', async () => {
  const body = { key: 'own_domain', name: 'Your own domain' };
  const { body: feature } = await ask('POST', '/features', body);
  expect((await ask('POST', '/features', body)).body.code).toBe('company.feature_key_taken');
  expect((await app.request('GET', `/features/${feature.id}`)).body).toMatchObject(body);
  expect((await app.request('GET', `/features/${newId()}`)).status).toBe(404);
  expect((await app.request('GET', '/features')).body.data.map(({ id }) => id)).toContain(feature.id);
  expect((await app.published(featureCreated)).map(({ data }) => data.key)).toContain('own_domain');
});

test.each([
  [{ price: { amount: -1, currency: 'USD' } }],
  [{ price: { amount: 1.5, currency: 'USD' } }],
  [{ billingCycle: 'week' }],
  [{ trialDays: -1 }],
  [{ limits: { shops: -1 } }],
  [{ limits: { planets: 1 } }],
  [{ features: ['not_there'] }],
  [{ features: ['a', 'a'] }],
])('a plan with %j answers 422', async (fields) => {
  expect((await ask('POST', '/plans', { name: 'x', price, billingCycle: 'month', ...fields })).status).toBe(422);
});

test('only the platform makes plans and features', async () => {
  const as = companyAdmin(newId());
  const body = { name: 'x', price, billingCycle: 'month' };
  expect((await app.request('POST', '/plans', { as, body })).status).toBe(403);
  expect((await app.request('POST', '/features', { as, body: { key: 'a', name: 'x' } })).status).toBe(403);
  expect((await app.request('POST', '/plans', { body })).status).toBe(401);
});
