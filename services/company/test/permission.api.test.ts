import { companyPermissionsChanged } from '@souk/contracts';
import type { TestService } from '@souk/testing';
import { companyAdmin, customer, shopManager, superAdmin } from '@souk/testing';
import { startCompany } from './running-company.ts';

let company: TestService;
let companyId: string;

beforeAll(async () => {
  company = await startCompany();
});
afterAll(() => company.stop());
beforeEach(async () => {
  companyId = (await company.request('POST', '/companies', { as: superAdmin(), body: { name: crypto.randomUUID() } })).body.id;
});

const NOTHING = { shop_manager: [], shop_staff: [] };
const path = () => `/companies/${companyId}/permissions`;
const told = async () => (await company.published(companyPermissionsChanged)).filter(({ subject }) => subject === companyId);

test('are what the roles may until a company withholds some, which it tells whole, once', async () => {
  const as = companyAdmin(companyId);
  const before = await company.request('GET', path(), { as });
  expect(before).toMatchObject({ status: 200, body: NOTHING });
  const body = { shop_manager: [], shop_staff: ['products:write', 'orders:write', 'orders:write'] };
  const withheld = { shop_manager: [], shop_staff: ['orders:write', 'products:write'] };
  expect(await company.request('PUT', path(), { as, body })).toMatchObject({ status: 200, body: withheld });
  expect(await company.request('PUT', path(), { as, body })).toMatchObject({ status: 200, body: withheld });
  expect((await company.request('GET', path(), { as })).body).toEqual(withheld);
  expect((await told()).map(({ data }) => data)).toEqual([expect.objectContaining({ companyId, withheld })]);
});

test('are not shown with the company, whose answer is as it is declared', async () => {
  const as = companyAdmin(companyId);
  await company.request('PUT', path(), { as, body: { ...NOTHING, shop_manager: ['shops:read'] } });
  const { status, body } = await company.request('GET', `/companies/${companyId}`, { as });
  expect(status).toBe(200);
  expect(body).not.toHaveProperty('withheld');
});

test('are given back', async () => {
  const as = companyAdmin(companyId);
  await company.request('PUT', path(), { as, body: { ...NOTHING, shop_manager: ['shops:read'] } });
  await company.request('PUT', path(), { as, body: NOTHING });
  expect((await told()).at(-1)?.data.withheld).toEqual(NOTHING);
});

test('refuse a change of another version than was seen', async () => {
  const as = companyAdmin(companyId);
  const headers = { 'if-match': '"v7"' };
  expect((await company.request('PUT', path(), { as, headers, body: NOTHING })).status).toBe(412);
});

test.each([
  ['a permission that there is not', { ...NOTHING, shop_staff: ['orders:delete'] }],
  ['a login, which nobody can be kept from', { ...NOTHING, shop_staff: ['auth:write'] }],
  ['a role that cannot be narrowed', { ...NOTHING, company_admin: ['orders:read'] }],
  ['half of it', { shop_staff: [] }],
])('refuse %s', async (_what, body) => {
  expect((await company.request('PUT', path(), { as: companyAdmin(companyId), body })).status).toBe(422);
  expect(await told()).toEqual([]);
});

test('are for the platform and the company itself', async () => {
  const change = (as: ReturnType<typeof customer>) => company.request('PUT', path(), { as, body: NOTHING });
  expect((await change(superAdmin())).status).toBe(200);
  expect((await change(companyAdmin(crypto.randomUUID()))).status).toBe(404);
  expect((await change(shopManager(companyId, []))).status).toBe(403);
  expect((await change(customer())).status).toBe(403);
});
