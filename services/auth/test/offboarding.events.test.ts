import {
  companyPermissionsChanged,
  companySubscriptionChanged,
  companySuspended,
  userDeleted,
  userErased,
} from '@souk/contracts';
import { newId } from '@souk/service-kit';
import type { TestService } from '@souk/testing';
import { deleteCompany, holdingsOf, purgeCompanies, superAdmin } from '@souk/testing';
import { withheldPermissions } from '../src/permission/permission.store.ts';
import { standings } from '../src/session/standing.store.ts';
import { users } from '../src/user/user.store.ts';
import { logIn, newAddress, newColleague, newCustomer, startAuth } from './running-auth.ts';

/** More than two turns of the purge. */
const MANY = 45;

let auth: TestService;
beforeAll(async () => {
  auth = await startAuth();
});
afterAll(() => auth.stop());

const add = async (companyId: string) => {
  const body = { email: newAddress(), name: 'Col League', role: 'shop_staff', companyId };
  expect((await auth.request('POST', '/users', { as: superAdmin(), body })).status).toBe(201);
};

/** People, and what other services told. */
async function furnish(companyId: string, count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) await add(companyId);
  await auth.deliver(companyPermissionsChanged, { ...companyPermissionsChanged.example, companyId });
  await auth.deliver(companySubscriptionChanged, { ...companySubscriptionChanged.example, companyId });
  await auth.deliver(companySuspended, { ...companySuspended.example, companyId });
}
const noted = async (companyId: string) => [
  await auth.db(withheldPermissions).count({ _id: companyId }),
  await auth.db(standings).count({ _id: companyId }),
];

test('the people of a deleted company are switched off at once and erased when it is due; nobody else is', async () => {
  const [gone, left] = [newId(), newId()];
  // Before the plans are told of, which allow fewer.
  const [clerk, buyer] = [await newColleague(auth, 'shop_staff', gone), await newCustomer(auth)];
  await furnish(gone, MANY);
  await furnish(left, 2);
  expect(await deleteCompany(auth, gone)).toBe('SUCCESS');
  expect(await auth.db(users).count({ companyId: gone, isActive: false })).toBe(MANY + 1);
  expect((await logIn(auth, clerk.email)).status).toBe(403);
  await purgeCompanies(auth);
  expect(await holdingsOf(auth, gone)).toEqual({ departed_users: MANY + 1 });
  expect(await noted(gone)).toEqual([0, 0]);
  expect(await holdingsOf(auth, left)).toMatchObject({ users: 2, plan_limits: 1 });
  expect(await noted(left)).toEqual([1, 1]);
  expect(await auth.db(users).count({ _id: buyer.userId })).toBe(1);
  for (const contract of [userDeleted, userErased]) {
    const told = (await auth.published(contract)).filter(({ companyid }) => companyid === gone);
    expect(new Set(told.map(({ subject }) => subject)).size).toBe(MANY + 1);
  }
}, 120_000);
