import { inventoryAdjusted, orderConfirmed, orderProcessing } from '@souk/contracts';
import { newId } from '@souk/service-kit';
import type { TestService } from '@souk/testing';
import { companyAdmin, customer, envelopeFor, shopManager, startTestService, superAdmin } from '@souk/testing';
import { service } from '../src/service.ts';

const companyId = newId();
const actorId = newId();
const orderId = newId();
const times = ['2026-11-02T09:00:00.000Z', '2026-11-02T10:00:00.000Z', '2026-11-02T11:00:00.000Z'];
const admin = companyAdmin(companyId);

describe('reading the log', () => {
  let audit: TestService;
  const list = async (path: string, as = admin) =>
    (await audit.request('GET', path, { as })).body.data.map((entry: { id: string }) => entry.id);

  const mine = { companyId, subject: orderId };
  const first = envelopeFor(orderConfirmed, orderConfirmed.example, { ...mine, actorId, time: times[0]!, sequence: 1000 });
  const second = envelopeFor(orderProcessing, orderProcessing.example, { ...mine, time: times[1]!, sequence: 2000 });
  const third = envelopeFor(inventoryAdjusted, inventoryAdjusted.example, {
    companyId,
    subject: newId(),
    time: times[2]!,
    actorId,
  });
  const foreign = envelopeFor(orderConfirmed, orderConfirmed.example, { companyId: newId(), subject: newId(), actorId });

  beforeAll(async () => {
    audit = await startTestService(service);
    await audit.deliverAll(
      [first, second, third, foreign].map((event) => ({ ...event, changes: [{ field: 'status', before: 'a', after: 'b' }] })),
    );
  });
  afterAll(() => audit.stop());

  it.each([
    ['all of the company, the newest first', '', [third.id, second.id, first.id]],
    ['one type', '?type=order.confirmed', [first.id]],
    ['one resource type', '?resourceType=order', [second.id, first.id]],
    ['one resource', `?resourceId=${orderId}`, [second.id, first.id]],
    ['one actor', `?actorId=${actorId}`, [third.id, first.id]],
    ['a span, its end excluded', `?from=${times[0]}&to=${times[2]}`, [second.id, first.id]],
    ['several at once', `?actorId=${actorId}&resourceType=order`, [first.id]],
    ['an unknown resource type', '?resourceType=nothing', []],
    ['another company', `?companyId=${foreign.companyid}`, []],
  ])('lists %s', async (_name, query, ids) => {
    expect(await list(`/audit/logs${query}`)).toEqual(ids);
  });

  it('shows a super admin every company, or one', async () => {
    expect(await list('/audit/logs?type=order.confirmed', superAdmin())).toEqual(expect.arrayContaining([first.id, foreign.id]));
    expect(await list(`/audit/logs?companyId=${foreign.companyid}`, superAdmin())).toEqual([foreign.id]);
  });

  it('pages without losing or repeating', async () => {
    const page = await audit.request('GET', '/audit/logs?limit=2', { as: admin });
    expect(page.body.data).toHaveLength(2);
    expect(await list(`/audit/logs?limit=2&cursor=${page.body.nextCursor}`)).toEqual([first.id]);
  });

  it('shows one entry with who, what and the change', async () => {
    const { body } = await audit.request('GET', `/audit/logs/${first.id}`, { as: admin });
    expect(body).toMatchObject({
      id: first.id,
      companyId,
      actorId,
      resourceId: orderId,
      requestId: first.requestid,
      at: times[0],
    });
    expect(body.changes).toEqual([{ field: 'status', before: 'a', after: 'b' }]);
    expect(body.hash).toMatch(/^[0-9a-f]{64}$/);
  });

  it('lists what a user did and what happened to a thing, within the company', async () => {
    expect(await list(`/audit/user/${actorId}`)).toEqual([third.id, first.id]);
    expect(await list(`/audit/resource/order/${orderId}`)).toEqual([second.id, first.id]);
    expect(await list(`/audit/resource/order/${foreign.subject}`)).toEqual([]);
    expect(await list(`/audit/resource/order/${foreign.subject}`, superAdmin())).toEqual([foreign.id]);
  });

  it('verifies the own chain only', async () => {
    const own = await audit.request('POST', '/audit/verify', { as: admin, body: {} });
    expect([own.status, own.body]).toEqual([200, { chain: companyId, valid: true, entries: 3 }]);
    const other = await audit.request('POST', '/audit/verify', { as: admin, body: { companyId: foreign.companyid } });
    expect(other.status).toBe(404);
    const empty = await audit.request('POST', '/audit/verify', { as: companyAdmin(newId()), body: {} });
    expect(empty.body).toMatchObject({ valid: true, entries: 0 });
  });

  it.each([
    ['an entry of another company', `/audit/logs/${foreign.id}`, 404],
    ['an id that is none', '/audit/logs/nothing', 404],
    ['an unknown filter', '/audit/logs?colour=red', 422],
    ['a moment that is none', '/audit/logs?from=yesterday', 422],
    ['too long a page', '/audit/logs?limit=101', 422],
    ['a cursor that it did not give', '/audit/logs?cursor=x', 422],
  ])('refuses %s', async (_name, path, status) => {
    expect((await audit.request('GET', path, { as: admin })).status).toBe(status);
  });

  it('refuses whoever is no administrator, and unknown fields', async () => {
    for (const as of [shopManager(companyId, []), customer()])
      for (const path of ['/audit/logs', `/audit/logs/${first.id}`, `/audit/user/${actorId}`, `/audit/resource/order/${orderId}`])
        expect((await audit.request('GET', path, { as })).status).toBe(403);
    expect((await audit.request('GET', '/audit/logs')).status).toBe(401);
    expect((await audit.request('POST', '/audit/verify', { as: admin, body: { chain: 'x' } })).status).toBe(422);
  });

  it('has no way to change or remove an entry', () => {
    const writing = service.endpoints.filter(({ method, path }) => method !== 'GET' && path.startsWith('/audit/logs'));
    expect(writing).toEqual([]);
  });
});
