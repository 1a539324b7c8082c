import { companyDeleted, companyPermissionsChanged, shopDeleted } from '@souk/contracts';
import { newId } from '@souk/service-kit';
import type { TestService } from '@souk/testing';
import { companyAdmin, eventually } from '@souk/testing';
import { POSITION, revocationPositions, revocations } from '../src/session/revocation.store.ts';
import { newUser } from '../src/user/account.actions.ts';
import { rounds } from '../src/user/round.store.ts';
import { users } from '../src/user/user.store.ts';
import { logIn, newAddress, newColleague, refresh, startAuth, statusOf } from './running-auth.ts';

const MANY = 3_000;
const USUAL = 50;
const RESUME = 'take up rounds that were left';

let auth: TestService;
beforeAll(async () => {
  auth = await startAuth();
});
afterAll(() => auth.stop());

/** Staff as they stand in the store. */
async function staffOf(companyId: string, count: number, shopIds: string[] = []): Promise<string[]> {
  const at = new Date();
  const people = Array.from({ length: count }, () =>
    newUser(at, { email: newAddress(), name: 'Col League', role: 'shop_staff', companyId, shopIds, isVerified: true }),
  );
  await auth.db(users).insertMany(people);
  return people.map(({ _id }) => _id);
}

const at = new Date().toISOString();
const revoked = async (people: readonly string[]) => {
  const found = await auth.db(revocations).find({ userId: { $in: people } });
  return new Set(found.map(({ userId }) => userId)).size;
};
const withhold = (companyId: string, version: number) =>
  auth.deliver(
    companyPermissionsChanged,
    { companyId, withheld: { shop_manager: [], shop_staff: ['orders:write'] }, at },
    { subject: companyId, sequence: version * 1000, companyId },
  );

test('a permission is withheld from thousands, and all their tokens are revoked', async () => {
  const companyId = newId();
  const people = await staffOf(companyId, MANY);
  const clerk = await newColleague(auth, 'shop_staff', companyId);
  expect(await withhold(companyId, 1)).toBe('SUCCESS');
  expect(await revoked(people)).toBe(MANY);
  expect(await auth.db(users).count({ companyId, tokensFrom: 0 })).toBe(0);
  expect(await auth.db(rounds).count({})).toBe(0);
  await eventually(async () => expect(await statusOf(auth, clerk.tokens.accessToken)).toBe(401));
}, 300_000);

test('a company of thousands is closed: from the first moment nobody gets in or writes, at the end nobody is left on', async () => {
  const companyId = newId();
  const people = await staffOf(companyId, MANY);
  // The last to be told: their ids grow with time.
  const last = await newColleague(auth, 'shop_staff', companyId);
  const closing = auth.deliver(companyDeleted, { companyId, purgeAt: at, at });
  await eventually(async () => expect(await auth.db(rounds).count({ aboutId: companyId })).toBe(1));
  expect((await refresh(auth, last.tokens.refreshToken)).status).toBe(401);
  expect(await logIn(auth, last.email)).toMatchObject({ status: 403, body: { code: 'auth.account_deactivated' } });
  await auth.running.runtime.revocations.poll();
  const body = { email: newAddress(), name: 'Too late', role: 'shop_staff' };
  expect((await auth.request('POST', '/users', { as: companyAdmin(companyId), body })).status).toBe(402);
  // All of that was while the round went on.
  expect(await auth.db(users).count({ _id: last.userId, isActive: true })).toBe(1);
  expect(await closing).toBe('SUCCESS');
  expect(await auth.db(users).count({ companyId, isActive: true })).toBe(0);
  expect(await revoked(people)).toBe(MANY);
}, 300_000);

test('a company of usual size is told within two seconds', async () => {
  const tookMs: number[] = [];
  for (const companyId of [newId(), newId(), newId()]) {
    const people = await staffOf(companyId, USUAL);
    const startedMs = performance.now();
    await withhold(companyId, 1);
    tookMs.push(performance.now() - startedMs);
    expect(await revoked(people)).toBe(USUAL);
  }
  // The machine may be busy with something else for one of them.
  expect(Math.min(...tookMs)).toBeLessThan(2_000);
});

test('ten thousand who are out are told of in one answer, which a second can carry', async () => {
  const last = await auth.db(revocationPositions).findOneAndUpdate({ _id: POSITION }, { $inc: { value: 10_000 } });
  const before = (last?.value ?? 0) - 10_000;
  const out = Array.from({ length: 10_000 }, (_, index) => ({
    ...{ _id: newId(), position: before + index + 1, userId: newId(), before: 1_800_000_000, at: new Date() },
  }));
  await auth.db(revocations).insertMany(out);
  const askedAtMs = performance.now();
  const { body } = await auth.request('GET', `/auth/revocations?after=${before}`, { app: 'sales' });
  const tookMs = performance.now() - askedAtMs;
  expect(body.revocations).toHaveLength(10_000);
  expect(JSON.stringify(body).length).toBeLessThan(1_000_000);
  process.stdout.write(`10,000 revocations in ${tookMs.toFixed(0)} ms\n`);
  expect(tookMs).toBeLessThan(1_000);
});

test('a shop is taken from everybody, over more pages than one', async () => {
  const [companyId, shopId, other] = [newId(), newId(), newId()];
  await staffOf(companyId, 250, [shopId, other]);
  expect(await auth.deliver(shopDeleted, { ...shopDeleted.example, shopId, companyId }, { companyId })).toBe('SUCCESS');
  expect(await auth.db(users).count({ shopIds: shopId })).toBe(0);
  expect(await auth.db(users).count({ shopIds: other })).toBe(250);
});

test('a round that a dead replica left is walked to its end by the job, and a running one is left alone', async () => {
  const companyId = newId();
  const people = await staffOf(companyId, 250);
  const about = { kind: 'permissions_withheld', aboutId: companyId } as const;
  await auth.db(rounds).insertOne({ _id: `permissions_withheld:${companyId}`, ...about, after: '', movedAt: new Date() });
  await auth.runJob(RESUME);
  expect(await revoked(people)).toBe(0);
  auth.advance(11_000);
  await auth.runJob(RESUME);
  expect(await revoked(people)).toBe(250);
  expect(await auth.db(rounds).count({})).toBe(0);
});
