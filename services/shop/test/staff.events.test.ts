import {
  companyCreated,
  companyDeleted,
  getCompanyState,
  shopDeleted,
  shopStaffAssigned,
  shopStaffRemoved,
  shopUpdated,
  userDeactivated,
  userErased,
  userReactivated,
  userRegistered,
  userUpdated,
} from '@souk/contracts';
import { newId } from '@souk/service-kit';
import type { TestService } from '@souk/testing';
import { companyAdmin, envelopeFor, startTestService, superAdmin } from '@souk/testing';
import { service } from '../src/service.ts';
import { shops } from '../src/shop.store.ts';

let shop: TestService;
let companyId: string;
let shopId: string;
const DAY_MS = 24 * 3600 * 1000;

beforeAll(async () => {
  shop = await startTestService(service);
  shop.sidecar.answer(getCompanyState, ({ params }) => ({ companyId: params.id, state: 'active' as const }));
});
beforeEach(async () => {
  companyId = newId();
  shopId = (await shop.request('POST', '/shops', { as: companyAdmin(companyId), body: { name: 'Corner' } })).body.id;
});
afterAll(() => shop.stop());

type StaffRole = 'shop_manager' | 'shop_staff';
const account = (userId: string, role: StaffRole = 'shop_staff') => ({
  ...userRegistered.example,
  userId,
  role,
  companyId,
  shopIds: [],
});
const register = (userId: string, fields: object = {}) =>
  shop.deliver(userRegistered, { ...account(userId), ...fields }, { subject: userId, sequence: 1000 });
const assign = (userId: string) =>
  shop.request('POST', `/shops/${shopId}/staff`, { as: companyAdmin(companyId), body: { userId } });
const lead = (userId: string | null) =>
  shop.request('PUT', `/shops/${shopId}/manager`, { as: companyAdmin(companyId), body: { userId } });
const read = async () => (await shop.request('GET', `/shops/${shopId}`, { as: companyAdmin(companyId) })).body;
const told = async (contract: typeof shopStaffAssigned) =>
  (await shop.published(contract))
    .filter(({ subject }) => subject === shopId)
    .map(({ data: { userId, role } }) => ({ userId, role }));

describe('giving people to a shop', () => {
  test('tells of it once', async () => {
    const userId = newId();
    await register(userId);
    expect(await assign(userId)).toMatchObject({ status: 200, headers: { etag: '"v2"' }, body: { staffIds: [userId] } });
    expect((await assign(userId)).body.version).toBe(2);
    expect(await told(shopStaffAssigned)).toEqual([{ userId, role: 'shop_staff' }]);
  });

  test('refuses strangers, other companies, other roles and inactive accounts alike', async () => {
    const [foreign, admin, inactive] = [newId(), newId(), newId()];
    await register(foreign, { companyId: newId() });
    await register(admin, { role: 'company_admin' });
    await register(inactive);
    await shop.deliver(
      userDeactivated,
      { ...userDeactivated.example, ...account(inactive), reason: 'staff' },
      { sequence: 2000 },
    );
    const bodies = await Promise.all([newId(), foreign, admin, inactive].map(async (userId) => (await assign(userId)).body));
    for (const { status, code, detail } of bodies)
      expect({ status, code, detail }).toEqual({ status: 422, code: 'shop.not_a_colleague', detail: bodies[0]?.detail });
    expect((await read()).staffIds).toEqual([]);
  });

  test('takes them away again, and 404 the second time', async () => {
    const userId = newId();
    await register(userId);
    await assign(userId);
    const remove = () => shop.request('DELETE', `/shops/${shopId}/staff/${userId}`, { as: companyAdmin(companyId) });
    expect(await remove()).toMatchObject({ status: 200, body: { staffIds: [] } });
    expect((await remove()).status).toBe(404);
    expect(await told(shopStaffRemoved)).toEqual([{ userId, role: 'shop_staff' }]);
  });

  test('many at once: all of them work there', async () => {
    const users = Array.from({ length: 5 }, () => newId());
    for (const userId of users) await register(userId);
    const answers = await Promise.all(users.map(assign));
    expect(answers.map(({ status }) => status)).toEqual(users.map(() => 200));
    expect((await read()).staffIds.sort()).toEqual(users.sort());
  });
});

describe('the manager', () => {
  test('is one of the shop managers, works there, and is told of', async () => {
    const [manager, staff] = [newId(), newId()];
    await register(manager, { role: 'shop_manager' });
    await register(staff);
    expect((await lead(staff)).status).toBe(422);
    expect(await lead(manager)).toMatchObject({ status: 200, body: { managerId: manager, staffIds: [manager] } });
    expect(await told(shopStaffAssigned)).toEqual([{ userId: manager, role: 'shop_manager' }]);
    const events = (await shop.published(shopUpdated)).filter(({ subject }) => subject === shopId);
    expect(events).toMatchObject([{ data: { managerId: manager } }]);
    expect((await lead(null)).body).toMatchObject({ managerId: null, staffIds: [manager] });
  });

  test('leads nothing once taken from the shop', async () => {
    const manager = newId();
    await register(manager, { role: 'shop_manager' });
    await lead(manager);
    const { body } = await shop.request('DELETE', `/shops/${shopId}/staff/${manager}`, { as: superAdmin() });
    expect(body).toMatchObject({ managerId: null, staffIds: [] });
    expect(await told(shopStaffRemoved)).toEqual([{ userId: manager, role: 'shop_manager' }]);
  });
});

describe('what auth tells', () => {
  test('gives a new account the shops it registered with, of its own company only', async () => {
    const [userId, foreign] = [newId(), newId()];
    await register(userId, { shopIds: [shopId] });
    await register(foreign, { shopIds: [shopId], companyId: newId() });
    expect((await read()).staffIds).toEqual([userId]);
    expect(await told(shopStaffAssigned)).toEqual([{ userId, role: 'shop_staff' }]);
  });

  test('takes everything from an account that is switched off, erased or moved, each fact once', async () => {
    const [off, erased, moved] = [newId(), newId(), newId()];
    for (const userId of [off, erased, moved]) await register(userId, { shopIds: [shopId], role: 'shop_manager' });
    await lead(off);
    const events = [
      envelopeFor(
        userDeactivated,
        { ...userDeactivated.example, ...account(off, 'shop_manager'), reason: 'staff' },
        { sequence: 2000 },
      ),
      envelopeFor(userErased, { ...userErased.example, userId: erased }, { sequence: 2000 }),
      envelopeFor(userUpdated, { ...userUpdated.example, userId: moved, companyId: newId() }, { sequence: 2000 }),
    ];
    expect(await shop.deliverAll([...events, ...events])).toEqual(Array(6).fill('SUCCESS'));
    expect(await read()).toMatchObject({ staffIds: [], managerId: null });
    expect(await told(shopStaffRemoved)).toHaveLength(3);
  });

  test('takes the lead from a manager who is made staff, and leaves the shop', async () => {
    const [demoted, manager] = [newId(), newId()];
    for (const userId of [demoted, manager]) await register(userId, { role: 'shop_manager' });
    const change = (userId: string, role: StaffRole, sequence: number) =>
      shop.deliver(userUpdated, { ...userUpdated.example, userId, companyId, role }, { subject: userId, sequence });
    await lead(demoted);
    await change(demoted, 'shop_staff', 2000);
    expect(await read()).toMatchObject({ managerId: null, staffIds: [demoted] });
    expect(
      (await shop.published(shopUpdated)).filter(({ subject }) => subject === shopId).at(-1)?.data.managerId,
    ).toBeUndefined();
    await lead(manager);
    await change(manager, 'shop_manager', 2000);
    expect(await read()).toMatchObject({ managerId: manager, staffIds: [demoted, manager] });
  });

  test('ends the same in every sequence', async () => {
    const { isActive: _isActive, verified: _verified, changed: _changed, ...user } = { ...userUpdated.example, companyId };
    const life = (userId: string) => [
      envelopeFor(userRegistered, { ...account(userId), shopIds: [shopId] }, { subject: userId, sequence: 1000 }),
      envelopeFor(userDeactivated, { ...user, userId, role: 'shop_staff', reason: 'staff' }, { subject: userId, sequence: 2000 }),
      envelopeFor(userReactivated, { ...user, userId, role: 'shop_staff' }, { subject: userId, sequence: 3000 }),
    ];
    const sequences = [
      [0, 1, 2],
      [0, 2, 1],
      [1, 0, 2],
      [1, 2, 0],
      [2, 0, 1],
      [2, 1, 0],
    ];
    const users = sequences.map(() => newId());
    for (const [index, sequence] of sequences.entries()) {
      const events = life(users[index] ?? '');
      for (const at of sequence) expect(await shop.deliverEnvelope(events[at]!)).toBe('SUCCESS');
    }
    expect((await read()).staffIds).toEqual([]);
    for (const userId of users) expect((await assign(userId)).status).toBe(200);
    expect(shop.deadLetters).toEqual([]);
  });
});

describe('a deleted company', () => {
  const remove = (purgeAt: string) => shop.deliver(companyDeleted, { ...companyDeleted.example, companyId, purgeAt });

  test('loses its shops, can have no more, and is purged when due', async () => {
    const purgeAt = new Date(Date.now() + 30 * DAY_MS).toISOString();
    expect(await remove(purgeAt)).toBe('SUCCESS');
    expect((await shop.request('GET', `/shops/${shopId}`, { as: superAdmin() })).status).toBe(404);
    expect((await shop.published(shopDeleted)).filter(({ subject }) => subject === shopId)).toHaveLength(1);
    const late = await shop.request('POST', '/shops', { as: companyAdmin(companyId), body: { name: 'Late' } });
    expect(late).toMatchObject({ status: 422, body: { code: 'shop.unknown_company' } });
    await shop.runJob('purge-deleted-companies');
    expect(await shop.db(shops).findOne({ _id: shopId })).not.toBeNull();
    shop.advance(31 * DAY_MS);
    await shop.runJob('purge-deleted-companies');
    expect(await shop.db(shops).findOne({ _id: shopId })).toBeNull();
  });

  test('has no open shop left, however many were being added meanwhile', async () => {
    const add = () => shop.request('POST', '/shops', { as: companyAdmin(companyId), body: { name: 'Meanwhile' } });
    const purgeAt = new Date(Date.now() + DAY_MS).toISOString();
    const answers = await Promise.all([add(), add(), remove(purgeAt).then(add), add(), add()]);
    expect(answers.filter(({ status }) => ![201, 422].includes(status))).toEqual([]);
    expect(await shop.db(shops).find({ companyId, isActive: true })).toEqual([]);
  });

  test('is not brought back by its creation, told late', async () => {
    companyId = newId();
    await remove(new Date(Date.now() + DAY_MS).toISOString());
    await shop.deliver(companyCreated, { ...companyCreated.example, companyId });
    expect((await shop.request('POST', '/shops', { as: companyAdmin(companyId), body: { name: 'Late' } })).status).toBe(422);
  });
});
