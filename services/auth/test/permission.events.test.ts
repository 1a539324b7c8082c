import { companyPermissionsChanged, shopStaffAssigned } from '@souk/contracts';
import { newId } from '@souk/service-kit';
import type { TestService } from '@souk/testing';
import { logIn, newColleague, refresh, startAuth, statusOf } from './running-auth.ts';

let auth: TestService;
beforeAll(async () => {
  auth = await startAuth();
});
afterAll(() => auth.stop());

const claimsIn = (token: string) => JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
const withhold = (companyId: string, shop_staff: string[], version: number) =>
  auth.deliver(
    companyPermissionsChanged,
    { companyId, withheld: { shop_manager: [], shop_staff }, at: new Date().toISOString() },
    { subject: companyId, sequence: version * 1000, companyId },
  );

test('what a company withholds is in the next token of those it concerns, and voids the one of before', async () => {
  const companyId = newId();
  const clerk = await newColleague(auth, 'shop_staff', companyId);
  const manager = await newColleague(auth, 'shop_manager', companyId);
  const admin = await newColleague(auth, 'company_admin', companyId);
  const stranger = await newColleague(auth, 'shop_staff', newId());
  await withhold(companyId, ['orders:write'], 2);
  expect(await statusOf(auth, clerk.tokens.accessToken)).toBe(401);
  expect(await statusOf(auth, admin.tokens.accessToken)).toBe(200);
  expect(await statusOf(auth, stranger.tokens.accessToken)).toBe(200);
  const fresh = (await refresh(auth, clerk.tokens.refreshToken)).body;
  expect(claimsIn(fresh.accessToken).withheld).toEqual(['orders:write']);
  expect(await statusOf(auth, fresh.accessToken)).toBe(200);
  expect(claimsIn((await logIn(auth, manager.email)).body.accessToken).withheld).toBeUndefined();
});

test('an older word about it changes nothing, and the newest gives all back', async () => {
  const companyId = newId();
  const clerk = await newColleague(auth, 'shop_staff', companyId);
  await withhold(companyId, ['orders:write'], 3);
  await withhold(companyId, ['products:write'], 2);
  expect(claimsIn((await logIn(auth, clerk.email)).body.accessToken).withheld).toEqual(['orders:write']);
  await withhold(companyId, [], 4);
  expect(claimsIn((await logIn(auth, clerk.email)).body.accessToken).withheld).toBeUndefined();
});

test('a shop that comes later leaves what is withheld in the token', async () => {
  const companyId = newId();
  const clerk = await newColleague(auth, 'shop_staff', companyId);
  await withhold(companyId, ['orders:write'], 1);
  const assigned = { ...shopStaffAssigned.example, userId: clerk.userId, companyId, shopId: newId() };
  await auth.deliver(shopStaffAssigned, assigned, { companyId });
  const claims = claimsIn((await refresh(auth, clerk.tokens.refreshToken)).body.accessToken);
  expect(claims).toMatchObject({ shopIds: [assigned.shopId], withheld: ['orders:write'] });
});
