import { companyDeleted, shopDeleted, shopStaffAssigned, shopStaffRemoved, userDeactivated, userUpdated } from '@souk/contracts';
import type { TestService } from '@souk/testing';
import { companyAdmin, envelopeFor, eventually } from '@souk/testing';
import { users } from '../src/user/user.store.ts';
import { newAddress, newColleague, refresh, startAuth, statusOf } from './running-auth.ts';

let auth: TestService;
beforeAll(async () => {
  auth = await startAuth();
});
afterAll(() => auth.stop());

const at = new Date().toISOString();
const claimsOf = (token: string) => JSON.parse(Buffer.from(String(token.split('.')[1]), 'base64url').toString());
const shopsOf = async (userId: string) => (await auth.db(users).findOne({ _id: userId }))?.shopIds;

async function staff() {
  const [companyId, shopId] = [crypto.randomUUID(), crypto.randomUUID()];
  const { userId, email, tokens } = await newColleague(auth, 'shop_staff', companyId);
  const data = { companyId, shopId, userId, role: 'shop_staff' as const, at };
  return { companyId, shopId, userId, email, tokens, data };
}

test('an assignment gives the shop, with a token that says so', async () => {
  const { shopId, userId, tokens, data } = await staff();
  const event = envelopeFor(shopStaffAssigned, data);
  expect(await auth.deliverEnvelope(event)).toBe('SUCCESS');
  expect(await auth.deliverEnvelope(event)).toBe('SUCCESS');
  expect(await shopsOf(userId)).toEqual([shopId]);
  expect(await statusOf(auth, tokens.accessToken)).toBe(401);
  const { body } = await refresh(auth, tokens.refreshToken);
  expect(claimsOf(body.accessToken).shopIds).toEqual([shopId]);
  const updates = (await auth.published(userUpdated)).filter(
    ({ subject, data: { changed } }) => subject === userId && changed.includes('shopIds'),
  );
  expect(updates).toHaveLength(1);
});

test('a removal voids the token that named the shop, tells everybody so, and the next one names it no more', async () => {
  const { shopId, userId, tokens, data } = await staff();
  await auth.deliver(shopStaffAssigned, data, { sequence: 1000 });
  const assigned = (await refresh(auth, tokens.refreshToken)).body;
  expect(await statusOf(auth, assigned.accessToken)).toBe(200);
  const { cursor } = (await auth.request('GET', '/auth/revocations', { app: 'shop' })).body;
  expect(await auth.deliver(shopStaffRemoved, data, { sequence: 2000 })).toBe('SUCCESS');
  // Every service asks this once a second: what it says at once is obeyed within two.
  const told = (await auth.request('GET', `/auth/revocations?after=${cursor}`, { app: 'shop' })).body.revocations;
  const { iat, shopIds } = claimsOf(assigned.accessToken);
  expect(shopIds).toEqual([shopId]);
  expect(told).toEqual([{ userId, before: expect.any(Number) }]);
  expect(told[0].before).toBeGreaterThan(iat);
  expect(await statusOf(auth, assigned.accessToken)).toBe(401);
  const removed = (await refresh(auth, assigned.refreshToken)).body;
  expect(claimsOf(removed.accessToken).shopIds).toEqual([]);
});

test('a removal that comes before its assignment still wins', async () => {
  const { userId, data } = await staff();
  await auth.deliver(shopStaffRemoved, data, { sequence: 9000 });
  await auth.deliver(shopStaffAssigned, data, { sequence: 8000 });
  await auth.deliver(shopStaffAssigned, data, { sequence: 8500 });
  expect(await shopsOf(userId)).toEqual([]);
  await auth.deliver(shopStaffAssigned, data, { sequence: 10_000 });
  expect(await shopsOf(userId)).toEqual([data.shopId]);
});

test('a deleted shop is taken from its staff, and given to nobody afterwards', async () => {
  const { companyId, shopId, userId, data } = await staff();
  await auth.deliver(shopStaffAssigned, data);
  await auth.deliver(shopDeleted, { shopId, companyId, at });
  expect(await shopsOf(userId)).toEqual([]);
  const late = await newColleague(auth, 'shop_staff', companyId);
  await auth.deliver(shopStaffAssigned, { ...data, userId: late.userId });
  expect(await shopsOf(late.userId)).toEqual([]);
});

test('staff of another company, and a user nobody knows, get nothing', async () => {
  const { userId, data } = await staff();
  expect(await auth.deliver(shopStaffAssigned, { ...data, companyId: crypto.randomUUID() })).toBe('SUCCESS');
  expect(await auth.deliver(shopStaffAssigned, { ...data, userId: crypto.randomUUID() })).toBe('SUCCESS');
  expect(await shopsOf(userId)).toEqual([]);
  expect(auth.deadLetters).toEqual([]);
});

test('a deleted company switches its accounts off for good', async () => {
  const { companyId, userId, tokens } = await staff();
  const other = await staff();
  await auth.deliver(companyDeleted, { companyId, purgeAt: at, at });
  expect(await statusOf(auth, tokens.accessToken)).toBe(401);
  expect(await statusOf(auth, other.tokens.accessToken)).toBe(200);
  expect((await auth.published(userDeactivated)).find(({ subject }) => subject === userId)?.data).toMatchObject({
    reason: 'company_deleted',
  });
  const as = companyAdmin(companyId);
  expect(await auth.request('POST', `/users/${userId}/reactivate`, { as })).toMatchObject({
    status: 409,
    body: { code: 'auth.company_gone' },
  });
  const body = { email: newAddress(), name: 'Too late', role: 'shop_staff' };
  expect((await auth.request('POST', '/users', { as, body })).status).toBe(409);
});

test('a shop that is deleted while somebody is given to it stays with nobody, whichever replica hears of what', async () => {
  const [server = '', options = ''] = String(process.env.SOUK_TEST_MONGODB).split('/?');
  const shared = { 'mongodb-uri': `${server}/t${crypto.randomUUID().slice(-12)}?${options}` };
  const first = await startAuth({}, shared);
  const second = await startAuth({}, shared);
  const companyId = crypto.randomUUID();
  const { userId } = await newColleague(first, 'shop_staff', companyId);
  const dead: string[] = [];
  for (let round = 0; round < 20; round += 1) {
    const shopId = crypto.randomUUID();
    const assigned = envelopeFor(shopStaffAssigned, { companyId, shopId, userId, role: 'shop_staff', at });
    const deleted = envelopeFor(shopDeleted, { shopId, companyId, at });
    await eventually(async () => {
      const given = await Promise.all([first.deliverEnvelope(assigned), second.deliverEnvelope(deleted)]);
      expect(given).toEqual(['SUCCESS', 'SUCCESS']);
    });
    dead.push(shopId);
  }
  const user = await first.db(users).findOne({ _id: userId });
  await Promise.all([first.stop(), second.stop()]);
  expect(user?.shopIds.filter((shopId) => dead.includes(shopId))).toEqual([]);
});
