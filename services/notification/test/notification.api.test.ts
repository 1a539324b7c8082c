import { notificationRead, orderConfirmed } from '@souk/contracts';
import { newId } from '@souk/service-kit';
import { companyAdmin, customer, shopStaff, superAdmin } from '@souk/testing';
import { notifications } from '../src/notification/notification.store.ts';
import type { MailWorld } from './mail-world.ts';
import { soon, startMailWorld } from './mail-world.ts';

/** Two cores may be shared with everything else. */
jest.setTimeout(60_000);

describe('notifications', () => {
  const companyId = newId();
  const reader = customer();
  const admin = companyAdmin(companyId);
  let world: MailWorld;
  let inApp: string;

  beforeAll(async () => {
    world = await startMailWorld();
    await world.app.deliver(orderConfirmed, { ...orderConfirmed.example, companyId, customerId: reader.userId });
    await soon(async () => expect(await world.app.db(notifications).count({ status: 'sent' })).toBe(2));
    const [found] = await world.app.db(notifications).find({ channel: 'in_app' });
    inApp = found?._id ?? '';
  });
  afterAll(() => world.stop());

  it('are listed to their reader, to the company they are of, and to nobody else', async () => {
    const list = async (as: typeof reader) => (await world.app.request('GET', '/notifications', { as })).body.data;
    expect(await list(reader)).toHaveLength(2);
    expect(await list(admin)).toHaveLength(2);
    expect(await list(superAdmin())).toHaveLength(2);
    expect(await list(customer())).toEqual([]);
    expect(await list(companyAdmin(newId()))).toEqual([]);
    expect(await list(shopStaff(companyId, []))).toEqual([]);
    expect((await world.app.request('GET', '/notifications')).status).toBe(401);
  });

  it('show what they say, and nothing of the address', async () => {
    const { status, body } = await world.app.request('GET', `/notifications/${inApp}`, { as: reader });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      ...{ id: inApp, userId: reader.userId, companyId, type: 'order.confirmed', channel: 'in_app', status: 'sent' },
      ...{ subject: 'Order NM-1001 is confirmed', priority: 'high' },
      content: expect.stringContaining('$257.70'),
    });
    expect(JSON.stringify(body)).not.toContain('@');
  });

  it('are filtered by channel and status, and paged', async () => {
    const list = (query: string) => world.app.request('GET', `/notifications?${query}`, { as: reader });
    expect((await list('channel=email')).body.data).toHaveLength(1);
    expect((await list('status=sent')).body.data).toHaveLength(2);
    expect((await list('status=failed&channel=email')).body.data).toEqual([]);
    const first = await list('limit=1');
    const second = await list(`limit=1&cursor=${first.body.nextCursor}`);
    expect(new Set([first.body.data[0].id, second.body.data[0].id]).size).toBe(2);
    expect(second.body.nextCursor).toBeNull();
    expect((await list('status=gone')).status).toBe(422);
    expect((await list('userId=x')).status).toBe(422);
  });

  it('are hidden from strangers', async () => {
    for (const as of [customer(), companyAdmin(newId()), shopStaff(companyId, [])])
      expect((await world.app.request('GET', `/notifications/${inApp}`, { as })).status).toBe(404);
    expect((await world.app.request('GET', '/notifications/nothing', { as: reader })).status).toBe(404);
  });

  it('are read by their reader, once', async () => {
    const read = (as: typeof reader) => world.app.request('POST', `/notifications/${inApp}/read`, { as });
    expect((await read(admin)).status).toBe(404);
    const first = await read(reader);
    expect([first.status, first.body.status]).toEqual([200, 'read']);
    expect((await read(reader)).body).toEqual(first.body);
    const told = await world.app.published(notificationRead);
    expect(told.map(({ data, companyid, changes }) => [data.notificationId, data.userId, companyid, changes])).toEqual([
      [inApp, reader.userId, companyId, [{ field: 'status', before: 'sent', after: 'read' }]],
    ]);
  });

  it('cannot be read before they are sent', async () => {
    const later = customer();
    await world.app.deliver(orderConfirmed, { ...orderConfirmed.example, companyId, customerId: later.userId });
    const [found] = await world.app.db(notifications).find({ userId: later.userId, channel: 'in_app' });
    await world.app.db(notifications).updateOne({ _id: found?._id }, { $set: { status: 'pending' } });
    const answer = await world.app.request('POST', `/notifications/${found?._id}/read`, { as: later });
    expect([answer.status, answer.body.code]).toEqual([409, 'notification.not_sent']);
    expect((await world.app.published(notificationRead)).filter(({ subject }) => subject === found?._id)).toEqual([]);
  });
});
