import { companyCreated, companySettingsUpdated } from '@souk/contracts';
import { newId } from '@souk/service-kit';
import type { TestService } from '@souk/testing';
import { companyAdmin, customer, shopStaff, startTestService } from '@souk/testing';
import { service } from '../src/service.ts';

let shop: TestService;
let companyId: string;

beforeAll(async () => {
  shop = await startTestService(service);
});
beforeEach(async () => {
  companyId = newId();
  await tellZone('America/New_York', 2000);
});
afterAll(() => shop.stop());

const { settings } = companyCreated.example;
const tellZone = (timezone: string, sequence: number) =>
  shop.deliver(
    companySettingsUpdated,
    { ...companySettingsUpdated.example, companyId, settings: { ...settings, timezone } },
    { subject: companyId, sequence },
  );

const bar = { operatingHours: [{ day: 'friday', opens: '20:00', closes: '03:00' }] };

async function addShop(fields: object): Promise<string> {
  const { status, body } = await shop.request('POST', '/shops', {
    as: companyAdmin(companyId),
    body: { name: 'Bar', ...fields },
  });
  expect(status).toBe(201);
  return body.id;
}

const ask = (id: string, at = '2026-06-06T00:30:00Z', as?: ReturnType<typeof customer>) =>
  shop.request('GET', `/shops/${id}/open?at=${at}`, as ? { as } : {});

test('guests, customers and staff are told whether a shop is open, by its clocks, and until when', async () => {
  const id = await addShop({ ...bar, timezone: 'Europe/Berlin' });
  for (const as of [undefined, customer(), shopStaff(companyId, [id]), companyAdmin(companyId)])
    expect(await ask(id, undefined, as)).toMatchObject({
      status: 200,
      body: {
        shopId: id,
        timezone: 'Europe/Berlin',
        at: '2026-06-06T00:30:00.000Z',
        local: '2026-06-06T02:30:00+02:00',
        isOpen: true,
        since: { at: '2026-06-05T18:00:00.000Z', local: '2026-06-05T20:00:00+02:00' },
        until: { at: '2026-06-06T01:00:00.000Z', local: '2026-06-06T03:00:00+02:00' },
      },
    });
});

test("a shop without a zone keeps its company's, as it was told last", async () => {
  const id = await addShop(bar);
  await tellZone('Asia/Tokyo', 1000);
  const newYork = { timezone: 'America/New_York', isOpen: true, local: '2026-06-05T20:30:00-04:00' };
  expect((await ask(id)).body).toMatchObject(newYork);
  await tellZone('Asia/Kolkata', 3000);
  expect((await ask(id)).body).toMatchObject({ timezone: 'Asia/Kolkata', isOpen: false, local: '2026-06-06T06:00:00+05:30' });
});

test('holidays are kept with the profile, shown to everybody, and obeyed', async () => {
  const holidays = [
    { date: '2026-06-05', hours: [] },
    { date: '2026-06-06', hours: [{ opens: '00:00', closes: '00:00' }] },
  ];
  const id = await addShop({ ...bar, holidays, timezone: 'Europe/Berlin' });
  expect((await shop.request('GET', `/shops/${id}`)).body.holidays).toEqual(holidays);
  expect((await ask(id)).body).toMatchObject({ isOpen: true, since: { local: '2026-06-06T00:00:00+02:00' } });
  await shop.request('PUT', `/shops/${id}`, { as: companyAdmin(companyId), body: { name: 'Bar', ...bar } });
  expect((await shop.request('GET', `/shops/${id}`)).body.holidays).toEqual([]);
});

test('without hours nothing is said; a shop that is not active is closed to its people and not there for guests', async () => {
  const id = await addShop({});
  expect((await ask(id)).body).toMatchObject({ isOpen: null, since: null, until: null });
  const closed = await addShop({ ...bar, isActive: false });
  expect((await ask(closed, undefined, companyAdmin(companyId))).body).toMatchObject({ isOpen: false, until: null });
  expect((await ask(closed)).status).toBe(404);
  expect((await ask(id, undefined, companyAdmin(newId()))).status).toBe(404);
});

test('without a moment it is now', async () => {
  const id = await addShop(bar);
  const before = new Date().toISOString();
  const { at } = (await shop.request('GET', `/shops/${id}/open`)).body;
  expect(at >= before && at <= new Date().toISOString()).toBe(true);
});

test.each(['at=noon', 'at=1969-12-31T00:00:00Z', 'at=2200-01-01T00:00:00Z', 'on=2026-06-06'])('422 to ?%s', async (query) => {
  const id = await addShop(bar);
  expect((await shop.request('GET', `/shops/${id}/open?${query}`)).status).toBe(422);
});

test.each([
  [[{ date: '2026-02-30', hours: [] }]],
  [[{ date: '2026-06-05', hours: [{ opens: '24:00', closes: '01:00' }] }]],
  [Array(2).fill({ date: '2026-06-05', hours: [] })],
  [Array.from({ length: 101 }, (_, day) => ({ date: new Date(day * 86_400_000).toISOString().slice(0, 10), hours: [] }))],
])('422 to holidays %j', async (holidays) => {
  const body = { name: 'Bar', holidays };
  expect((await shop.request('POST', '/shops', { as: companyAdmin(companyId), body })).status).toBe(422);
});
