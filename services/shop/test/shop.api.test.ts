import { companyCreated, getCompanyState, shopCreated, shopDeleted, shopUpdated } from '@souk/contracts';
import { newId } from '@souk/service-kit';
import type { TestService } from '@souk/testing';
import { companyAdmin, customer, eventually, shopManager, shopStaff, startTestService, superAdmin } from '@souk/testing';
import { service } from '../src/service.ts';

let shop: TestService;
let companyId: string;

beforeAll(async () => {
  shop = await startTestService(service);
  shop.sidecar.answer(getCompanyState, ({ params }) => ({ companyId: params.id, state: 'unknown' as const }));
});
beforeEach(async () => {
  companyId = newId();
  await shop.deliver(companyCreated, { ...companyCreated.example, companyId });
});
afterAll(() => shop.stop());

const berlin = { city: 'Berlin', country: 'DE', state: 'BE', coordinates: { lat: 52.52, lng: 13.405 } };

async function addShop(fields: object = {}, as = companyAdmin(companyId)) {
  const answer = await shop.request('POST', '/shops', { as, body: { name: 'Corner', ...fields } });
  expect(answer.status).toBe(201);
  return answer.body;
}

describe('adding a shop', () => {
  test("answers 201, in the administrator's company, and tells of it", async () => {
    const body = { name: 'Corner', location: berlin, timezone: 'Europe/Berlin', contactInfo: { email: 'corner@example.com' } };
    const answer = await shop.request('POST', '/shops', { as: companyAdmin(companyId), body });
    expect(answer).toMatchObject({
      status: 201,
      headers: { location: `/api/shops/${answer.body.id}` },
      body: { ...body, companyId, isActive: true },
    });
    const [event] = (await shop.published(shopCreated)).filter(({ subject }) => subject === answer.body.id);
    expect(shopCreated.schema.parse(event?.data)).toEqual(event?.data);
    expect(event).toMatchObject({
      companyid: companyId,
      data: { country: 'DE', state: 'BE', timezone: 'Europe/Berlin', warehouseIds: [] },
    });
    expect(JSON.stringify(event)).not.toContain('corner@example.com');
  });

  test('once under one Idempotency-Key', async () => {
    const request = { as: companyAdmin(companyId), body: { name: 'Once' }, key: newId() };
    const first = await shop.request('POST', '/shops', request);
    // The answer is kept just after it was given: a repeat in between is told that the first still runs.
    await eventually(async () => {
      const second = await shop.request('POST', '/shops', request);
      expect(second).toMatchObject({ status: 201, body: first.body, headers: { 'idempotent-replayed': 'true' } });
    });
  });

  test('needs a company from the platform, and takes no other from an administrator', async () => {
    const add = (as: ReturnType<typeof superAdmin>, fields: object) =>
      shop.request('POST', '/shops', { as, body: { name: 'x', ...fields } });
    expect(await add(superAdmin(), {})).toMatchObject({
      status: 422,
      body: { code: 'invalid_request', errors: [{ path: 'companyId' }] },
    });
    expect(await add(superAdmin(), { companyId })).toMatchObject({ status: 201, body: { companyId } });
    expect(await add(superAdmin(), { companyId: newId() })).toMatchObject({
      status: 422,
      body: { code: 'shop.unknown_company' },
    });
    expect(await add(companyAdmin(companyId), { companyId: newId() })).toMatchObject({ status: 404 });
  });

  test('asks for a company whose first fact is still under way', async () => {
    const young = newId();
    shop.sidecar.answer(getCompanyState, ({ params }) => ({
      companyId: params.id,
      state: params.id === young ? ('active' as const) : ('unknown' as const),
    }));
    expect(await addShop({}, companyAdmin(young))).toMatchObject({ companyId: young });
  });

  test.each([
    [{}],
    [{ name: '' }],
    [{ name: 'x', timezone: 'Mars/Olympus' }],
    [{ name: 'x', currency: 'XXY' }],
    [{ name: 'x', location: { coordinates: { lat: 91, lng: 0 } } }],
    [{ name: 'x', location: { country: 'Germany' } }],
    [{ name: 'x', operatingHours: [{ day: 'monday', opens: '24:00', closes: '25:00' }] }],
    [{ name: 'x', staffIds: [] }],
  ])('answers 422 to %j', async (body) => {
    expect(await shop.request('POST', '/shops', { as: companyAdmin(companyId), body })).toMatchObject({
      status: 422,
      body: { code: 'invalid_request' },
    });
  });
});

describe('who sees a shop', () => {
  test('its company and assigned staff whole, customers and guests the public part', async () => {
    const { id } = await addShop({ location: berlin });
    const read = (as?: ReturnType<typeof superAdmin>) => shop.request('GET', `/shops/${id}`, as ? { as } : {});
    for (const as of [superAdmin(), companyAdmin(companyId), shopManager(companyId, [id]), shopStaff(companyId, [id])])
      expect((await read(as)).body).toMatchObject({ id, staffIds: [], warehouseIds: [] });
    for (const as of [customer(), undefined]) {
      const { status, body } = await read(as);
      expect(status).toBe(200);
      expect(Object.keys(body).sort()).toEqual([
        'companyId',
        'contactInfo',
        'currency',
        'holidays',
        'id',
        'location',
        'name',
        'operatingHours',
        'timezone',
      ]);
    }
  });

  test('not another company, nor staff of another shop', async () => {
    const { id } = await addShop();
    for (const as of [companyAdmin(newId()), shopManager(companyId, [newId()]), shopStaff(newId(), [id])]) {
      expect((await shop.request('GET', `/shops/${id}`, { as })).status).toBe(404);
      expect((await shop.request('GET', '/shops?limit=100', { as })).body.data).toEqual([]);
    }
  });

  test('guests not while it is closed for good', async () => {
    const { id } = await addShop({ isActive: false });
    expect((await shop.request('GET', `/shops/${id}`)).status).toBe(404);
    expect((await shop.request('GET', `/shops/${id}`, { as: companyAdmin(companyId) })).status).toBe(200);
  });

  test('in lists by company, in pages, by name', async () => {
    for (const name of ['B', 'A', 'C']) await addShop({ name });
    const first = await shop.request('GET', `/shops?companyId=${companyId}&sort=name&limit=2`);
    const rest = await shop.request('GET', `/shops?companyId=${companyId}&sort=name&limit=2&cursor=${first.body.nextCursor}`);
    expect([...first.body.data, ...rest.body.data].map(({ name }: { name: string }) => name)).toEqual(['A', 'B', 'C']);
    expect(rest.body.nextCursor).toBeNull();
  });
});

describe('changing a shop', () => {
  test('is for the company and the platform', async () => {
    const { id } = await addShop();
    const writes = [
      ['PUT', '', { name: 'Mine' }],
      ['PUT', '/warehouses', { warehouseIds: [] }],
      ['PUT', '/manager', { userId: null }],
      ['POST', '/staff', { userId: newId() }],
      ['DELETE', '', undefined],
    ] as const;
    for (const [method, path, body] of writes) {
      const status = async (as?: ReturnType<typeof superAdmin>) =>
        (await shop.request(method, `/shops/${id}${path}`, { body, ...(as && { as }) })).status;
      for (const as of [shopManager(companyId, [id]), shopStaff(companyId, [id]), customer()]) expect(await status(as)).toBe(403);
      expect(await status(companyAdmin(newId()))).toBe(404);
      expect(await status()).toBe(401);
    }
  });

  test('replaces its profile, keeps its warehouses, and tells how it is now', async () => {
    const { id } = await addShop({ location: berlin, currency: 'EUR' });
    const as = companyAdmin(companyId);
    const warehouseIds = [newId(), newId()];
    await shop.request('PUT', `/shops/${id}/warehouses`, { as, body: { warehouseIds } });
    const answer = await shop.request('PUT', `/shops/${id}`, { as, body: { name: 'Renamed' } });
    expect(answer).toMatchObject({
      status: 200,
      headers: { etag: '"v3"' },
      body: { name: 'Renamed', location: {}, currency: null, warehouseIds },
    });
    const events = (await shop.published(shopUpdated)).filter(({ subject }) => subject === id);
    expect(events.map(({ data, sequence }) => [data.name, data.warehouseIds, sequence])).toEqual([
      ['Corner', warehouseIds, 2000],
      ['Renamed', warehouseIds, 3000],
    ]);
    for (const { data } of events) expect(shopUpdated.schema.parse(data)).toEqual(data);
  });

  test('answers 412 to an older version', async () => {
    const { id } = await addShop();
    const put = (name: string) =>
      shop.request('PUT', `/shops/${id}`, { as: companyAdmin(companyId), body: { name }, headers: { 'if-match': '"v1"' } });
    expect((await put('Second')).status).toBe(200);
    expect(await put('Third')).toMatchObject({ status: 412, body: { code: 'precondition_failed' } });
  });

  test('takes the sequence of warehouses, each once', async () => {
    const { id } = await addShop();
    const [one, two] = [newId(), newId()];
    const set = (warehouseIds: unknown) =>
      shop.request('PUT', `/shops/${id}/warehouses`, { as: companyAdmin(companyId), body: { warehouseIds } });
    expect((await set([two, one])).body.warehouseIds).toEqual([two, one]);
    expect((await set([one, one])).status).toBe(422);
    expect((await set(['x'])).status).toBe(422);
    expect((await set([two, one])).body.version).toBe(2);
  });

  test('takes parts of warehouses that are kept for it, and tells of them', async () => {
    const { id } = await addShop();
    const as = companyAdmin(companyId);
    const warehouseId = newId();
    const set = (setAside: unknown, path = id) =>
      shop.request('PUT', `/shops/${path}/warehouses`, { as, body: { warehouseIds: [warehouseId], setAside } });
    const part = { warehouseId, basisPoints: 4_000 };
    expect(await set([part])).toMatchObject({ status: 200, body: { setAside: [part] } });
    const [event] = (await shop.published(shopUpdated)).filter(({ subject }) => subject === id);
    expect(shopUpdated.schema.parse(event?.data)).toEqual(event?.data);
    expect(event?.data.setAside).toEqual([part]);
    for (const wrong of [
      [part, part],
      [{ ...part, warehouseId: newId() }],
      [{ ...part, basisPoints: 10_001 }],
      [{ ...part, basisPoints: 0 }],
    ])
      expect((await set(wrong)).status).toBe(422);
    const { body } = await shop.request('PUT', `/shops/${id}/warehouses`, { as, body: { warehouseIds: [warehouseId] } });
    expect(body.setAside).toEqual([]);
  });

  test('keeps no more of a warehouse for all shops than there is, however many want it at once', async () => {
    const warehouseId = newId();
    const as = companyAdmin(companyId);
    const shops = await Promise.all(Array.from({ length: 5 }, () => addShop()));
    const keep = (id: string, basisPoints: number) =>
      shop.request('PUT', `/shops/${id}/warehouses`, {
        as,
        body: { warehouseIds: [warehouseId], setAside: [{ warehouseId, basisPoints }] },
      });
    const answers = await Promise.all(shops.map(({ id }) => keep(id, 5_000)));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 200, 409, 409, 409]);
    expect(answers.find(({ status }) => status === 409)?.body).toMatchObject({
      code: 'shop.warehouse_overbooked',
      warehouseIds: [warehouseId],
    });
    const [kept] = answers.filter(({ status }) => status === 200);
    expect((await keep(String(kept?.body.id), 5_000)).status).toBe(200);
    await shop.request('DELETE', `/shops/${kept?.body.id}`, { as });
    const refused = shops.find(({ id }) => !answers.some(({ status, body }) => status === 200 && body.id === id));
    expect((await keep(String(refused?.id), 5_000)).status).toBe(200);
  });

  test('deletes it for everyone, once', async () => {
    const { id } = await addShop();
    const path = `/shops/${id}`;
    expect((await shop.request('DELETE', path, { as: companyAdmin(companyId) })).status).toBe(204);
    for (const as of [superAdmin(), companyAdmin(companyId), shopManager(companyId, [id]), customer()])
      expect((await shop.request('GET', path, { as })).status).toBe(404);
    expect((await shop.request('DELETE', path, { as: superAdmin() })).status).toBe(404);
    expect((await shop.published(shopDeleted)).filter(({ subject }) => subject === id)).toHaveLength(1);
  });
});
