import {
  companyCreated,
  companyDeleted,
  companySettingsUpdated,
  companyUpdated,
  getCompanyState,
  paymentSuccess,
} from '@souk/contracts';
import type { TestService } from '@souk/testing';
import { companyAdmin, customer, eventually, shopManager, superAdmin } from '@souk/testing';
import { startCompany } from './running-company.ts';

let company: TestService;
const platform = superAdmin();
const DAY_MS = 24 * 3600 * 1000;
let names = 0;

beforeAll(async () => {
  company = await startCompany();
});
afterAll(() => company.stop());

async function addCompany(fields: object = {}) {
  names += 1;
  const answer = await company.request('POST', '/companies', { as: platform, body: { name: `Mugs ${names}`, ...fields } });
  expect(answer.status).toBe(201);
  return answer.body;
}

describe('adding a company', () => {
  test('answers 201 with default settings and tells of it', async () => {
    const contactInfo = { email: 'owner@example.com' };
    const answer = await company.request('POST', '/companies', { as: platform, body: { name: 'Kōhī & Söhne', contactInfo } });
    expect(answer.status).toBe(201);
    expect(answer.headers.location).toBe(`/api/companies/${answer.body.id}`);
    expect(answer.body).toMatchObject({ slug: 'kohi-sohne', contactInfo, isActive: true, version: 1 });
    expect(answer.body.settings).toMatchObject({ currency: 'USD', timezone: 'UTC', taxZones: [], reservationSeconds: 900 });
    const [event] = (await company.published(companyCreated)).filter(({ subject }) => subject === answer.body.id);
    expect(companyCreated.schema.parse(event?.data)).toEqual(event?.data);
    expect(event).toMatchObject({ companyid: answer.body.id, sequence: 1000, data: { slug: 'kohi-sohne' } });
    expect(JSON.stringify(event)).not.toContain('owner@example.com');
  });

  test('once under one Idempotency-Key', async () => {
    const request = { as: platform, body: { name: 'Once' }, key: 'once' };
    const first = await company.request('POST', '/companies', request);
    // The answer is kept just after it was given: a repeat in between is told that the first still runs.
    await eventually(async () => {
      const second = await company.request('POST', '/companies', request);
      expect(second).toMatchObject({ status: 201, body: first.body, headers: { 'idempotent-replayed': 'true' } });
    });
  });

  test('answers 409 and publishes nothing for a slug that is taken', async () => {
    const { slug } = await addCompany();
    const before = (await company.published(companyCreated)).length;
    const answer = await company.request('POST', '/companies', { as: platform, body: { name: 'Other', slug } });
    expect(answer).toMatchObject({ status: 409, body: { code: 'company.slug_taken' } });
    expect(await company.published(companyCreated)).toHaveLength(before);
  });

  test('gives one slug to one of many who ask at once', async () => {
    const body = { name: 'Race', slug: 'race' };
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => company.request('POST', '/companies', { as: platform, body })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409, 409]);
  });

  test.each([
    [{}],
    [{ name: ' ' }],
    [{ name: 'x', slug: 'Not A Slug' }],
    [{ name: 'x', contactInfo: { website: 'javascript:alert(1)' } }],
    [{ name: 'x', address: { country: 'usa' } }],
    [{ name: 'x', shoeSize: 43 }],
  ])('answers 422 to %j', async (body) => {
    expect(await company.request('POST', '/companies', { as: platform, body })).toMatchObject({
      status: 422,
      body: { code: 'invalid_request' },
    });
  });
});

describe('who may', () => {
  test.each([
    ['POST', '/companies'],
    ['GET', '/companies'],
  ])('%s %s: the platform only', async (method, path) => {
    const body = method === 'POST' ? { name: 'Mine' } : undefined;
    const { id } = await addCompany();
    for (const as of [companyAdmin(id), shopManager(id, []), customer()])
      expect((await company.request(method, path, { as, body })).status).toBe(403);
    expect((await company.request(method, path, { body })).status).toBe(401);
  });

  test('an administrator reads its own company and gets 404 for another', async () => {
    const [mine, other] = [await addCompany(), await addCompany()];
    const as = companyAdmin(mine.id);
    expect((await company.request('GET', `/companies/${mine.id}`, { as })).status).toBe(200);
    for (const [method, path, body] of [
      ['GET', '', undefined],
      ['PUT', '', { name: 'Mine now' }],
      ['PATCH', '/settings', { currency: 'EUR' }],
      ['PATCH', '/branding', { primaryColor: '#000000' }],
      ['GET', '/stats', undefined],
    ] as const)
      expect((await company.request(method, `/companies/${other.id}${path}`, { as, body })).status).toBe(404);
    expect((await company.request('DELETE', `/companies/${mine.id}`, { as })).status).toBe(403);
  });

  test('an administrator changes neither the owner nor the active flag', async () => {
    const { id, name } = await addCompany();
    const answer = await company.request('PUT', `/companies/${id}`, { as: companyAdmin(id), body: { name, isActive: false } });
    expect(answer).toMatchObject({ status: 403, body: { code: 'company.platform_decides' } });
  });
});

describe('changing a company', () => {
  test('replaces the profile, keeps what only the platform decides, and names the fields without their values', async () => {
    const { id, slug } = await addCompany({ description: 'Old words', contactInfo: { phone: '555-0199' } });
    const answer = await company.request('PUT', `/companies/${id}`, { as: companyAdmin(id), body: { name: 'Renamed' } });
    expect(answer).toMatchObject({
      status: 200,
      headers: { etag: '"v2"' },
      body: { name: 'Renamed', slug, description: '', contactInfo: {}, isActive: true },
    });
    const [event] = (await company.published(companyUpdated)).filter(({ subject }) => subject === id);
    expect(event?.data.changed.sort()).toEqual(['contactInfo', 'description', 'name']);
    expect(JSON.stringify(event)).not.toMatch(/555-0199|Old words/);
  });

  test('answers 412 to an older version and changes nothing', async () => {
    const { id } = await addCompany();
    const path = `/companies/${id}`;
    await company.request('PUT', path, { as: platform, body: { name: 'Second' }, headers: { 'if-match': '"v1"' } });
    const late = await company.request('PUT', path, { as: platform, body: { name: 'Third' }, headers: { 'if-match': '"v1"' } });
    expect(late).toMatchObject({ status: 412, body: { code: 'precondition_failed' } });
    expect((await company.request('GET', path, { as: platform })).body).toMatchObject({ name: 'Second', version: 2 });
  });

  test('brands it, in parts, and takes a logo away', async () => {
    const { id } = await addCompany();
    const path = `/companies/${id}/branding`;
    const as = companyAdmin(id);
    await company.request('PATCH', path, { as, body: { logo: 'https://example.com/logo.svg', primaryColor: '#112233' } });
    const second = await company.request('PATCH', path, { as, body: { logo: null, accentColor: '#abcdef' } });
    expect(second.body).toMatchObject({ logo: null, branding: { primaryColor: '#112233', accentColor: '#abcdef' }, version: 3 });
    expect((await company.request('PATCH', path, { as, body: { primaryColor: 'red' } })).status).toBe(422);
  });
});

describe('settings', () => {
  test('change in parts and are told whole, without the tax number', async () => {
    const { id } = await addCompany();
    const taxZones = [{ country: 'US', state: 'NY', rates: [{ taxClass: 'standard', rate: 800 }] }];
    const body = { currency: 'JPY', timezone: 'Asia/Tokyo', taxZones, reservationSeconds: 20, taxNumber: 'T-4711' };
    const answer = await company.request('PATCH', `/companies/${id}/settings`, { as: companyAdmin(id), body });
    expect(answer).toMatchObject({
      status: 200,
      headers: { etag: '"v2"' },
      body: { settings: { ...body, returnWindowDays: 30 } },
    });
    const [event] = (await company.published(companySettingsUpdated)).filter(({ subject }) => subject === id);
    expect(companySettingsUpdated.schema.parse(event?.data)).toEqual(event?.data);
    expect(event?.data.settings).toMatchObject({ currency: 'JPY', taxZones, reservationSeconds: 20, lowStockThreshold: 5 });
    expect(JSON.stringify(event)).not.toContain('4711');
  });

  test('give new shipping zones and methods their ids and keep known ones', async () => {
    const { id } = await addCompany();
    const path = `/companies/${id}/settings`;
    const rates = [{ minWeightGrams: 0, minTotal: 0, price: 500 }];
    const zone = {
      name: 'Home',
      countries: ['DE'],
      methods: [
        { name: 'Parcel', kind: 'delivery', rates },
        { name: 'Desk', kind: 'pickup', rates },
      ],
    };
    const { body } = await company.request('PATCH', path, { as: platform, body: { shippingZones: [zone] } });
    expect(body.settings.shippingZones).toMatchObject([zone]);
    const same = await company.request('PATCH', path, { as: platform, body: { shippingZones: body.settings.shippingZones } });
    expect(same.body).toEqual(body);
  });

  test('keep the currency from the first money on', async () => {
    const { id } = await addCompany();
    const change = (currency: string) =>
      company.request('PATCH', `/companies/${id}/settings`, { as: companyAdmin(id), body: { currency } });
    expect((await change('EUR')).status).toBe(200);
    await company.deliver(paymentSuccess, { ...paymentSuccess.example, companyId: id, currency: 'EUR' });
    expect(await change('JPY')).toMatchObject({ status: 409, body: { code: 'company.currency_in_use' } });
    expect((await change('EUR')).status).toBe(200);
  });

  test('say which languages the storefront speaks', async () => {
    const { id, slug } = await addCompany();
    const path = `/companies/${id}/settings`;
    expect((await company.request('GET', `/storefront/${slug}`)).body).toMatchObject({ locales: ['en'] });
    await company.request('PATCH', path, { as: platform, body: { locales: ['de', 'pt-BR'] } });
    expect((await company.request('GET', `/storefront/${slug}`)).body).toMatchObject({ locales: ['de', 'pt-BR'] });
    for (const locales of [[], ['english'], ['de', 'de']])
      expect((await company.request('PATCH', path, { as: platform, body: { locales } })).status).toBe(422);
  });

  test('say what makes a customer silver, gold and platinum, each more than the one before', async () => {
    const { id } = await addCompany();
    const change = (segmentThresholds: object) =>
      company.request('PATCH', `/companies/${id}/settings`, { as: companyAdmin(id), body: { segmentThresholds } });
    const wanted = { silver: 1_000, gold: 2_000, platinum: 3_000 };
    expect((await change(wanted)).body.settings).toMatchObject({ segmentThresholds: wanted });
    const told = (await company.published(companySettingsUpdated)).find(({ subject }) => subject === id);
    expect(told?.data.settings.segmentThresholds).toEqual(wanted);
    const swapped = await change({ ...wanted, gold: 1_000 });
    expect([swapped.status, swapped.body.errors.map(({ path }) => path)]).toEqual([422, ['body.segmentThresholds.gold']]);
    expect((await change({ ...wanted, platinum: 2_000 })).status).toBe(422);
    expect((await change({ ...wanted, silver: 0 })).status).toBe(422);
    expect((await change({ silver: 1_000 })).status).toBe(422);
  });

  test('that stay as they are write and tell nothing', async () => {
    const { id } = await addCompany();
    const answer = await company.request('PATCH', `/companies/${id}/settings`, { as: platform, body: { currency: 'USD' } });
    expect(answer.body.version).toBe(1);
    expect((await company.published(companySettingsUpdated)).filter(({ subject }) => subject === id)).toEqual([]);
  });

  test.each([
    [{ timezone: 'Mars/Olympus' }],
    [{ currency: 'XXY' }],
    [{ reservationSeconds: 4 }],
    [{ lowStockThreshold: -1 }],
    [{ taxZones: [{ country: 'US', rates: [{ taxClass: 'a', rate: 1.5 }] }] }],
    [
      {
        taxZones: [
          { country: 'US', rates: [] },
          { country: 'US', rates: [] },
        ],
      },
    ],
    [{ shippingZones: [{ name: 'x', countries: [], methods: [] }] }],
    [{ shippingZones: [{ name: 'x', countries: ['US'], methods: [], colour: 1 }] }],
    [{ secret: 'x' }],
  ])('answer 422 to %j', async (body) => {
    const { id } = await addCompany();
    expect(await company.request('PATCH', `/companies/${id}/settings`, { as: platform, body })).toMatchObject({ status: 422 });
    expect((await company.request('GET', `/companies/${id}`, { as: platform })).body.version).toBe(1);
  });
});

describe('deleting a company', () => {
  test('takes it from everyone at once, keeps its slug, and purges it after 30 days', async () => {
    const { id, slug } = await addCompany();
    const path = `/companies/${id}`;
    expect((await company.request('DELETE', path, { as: platform })).status).toBe(204);
    const [event] = (await company.published(companyDeleted)).filter(({ subject }) => subject === id);
    expect(Date.parse(event?.data.purgeAt ?? '') - Date.parse(event?.data.at ?? '')).toBe(30 * DAY_MS);
    for (const as of [platform, companyAdmin(id)]) expect((await company.request('GET', path, { as })).status).toBe(404);
    expect((await company.request('DELETE', path, { as: platform })).status).toBe(404);
    expect((await company.request('GET', `/storefront/${slug}`)).status).toBe(404);
    expect((await company.request('POST', '/companies', { as: platform, body: { name: 'Heir', slug } })).status).toBe(409);
    await company.deliverEnvelope(event!);
    company.advance(31 * DAY_MS);
    await company.runJob('purge-deleted-companies');
    expect((await company.request('POST', '/companies', { as: platform, body: { name: 'Heir', slug } })).status).toBe(201);
  });

  test('is told to services that ask', async () => {
    const { id } = await addCompany();
    const ask = async () => (await company.request('GET', getCompanyState.path.replace(':id', id), { app: 'shop' })).body.state;
    expect(await ask()).toBe('active');
    await company.request('PUT', `/companies/${id}`, { as: platform, body: { name: 'Asleep', isActive: false } });
    expect(await ask()).toBe('inactive');
    await company.request('DELETE', `/companies/${id}`, { as: platform });
    expect(await ask()).toBe('deleted');
    expect((await company.request('GET', `/internal/companies/${id}`, { as: platform })).status).toBe(404);
  });
});

describe('reading', () => {
  test('lists in pages, by name, and by the active flag', async () => {
    const asleep = await addCompany({ name: 'Aardvark', isActive: false });
    const page = await company.request('GET', '/companies?sort=name&limit=1', { as: platform });
    expect(page.body.data).toMatchObject([{ name: 'Aardvark' }]);
    const next = await company.request('GET', `/companies?sort=name&limit=1&cursor=${page.body.nextCursor}`, { as: platform });
    expect(next.body.data[0].name > 'Aardvark').toBe(true);
    const inactive = await company.request('GET', '/companies?isActive=false', { as: platform });
    expect(inactive.body.data.map(({ id }: { id: string }) => id)).toContain(asleep.id);
    expect((await company.request('GET', '/companies?isActive=maybe', { as: platform })).status).toBe(422);
  });

  test('shows a storefront to anybody, without what is private', async () => {
    const { id, slug } = await addCompany({ contactInfo: { email: 'owner@example.com' } });
    const { status, body } = await company.request('GET', `/storefront/${slug}`);
    expect(status).toBe(200);
    expect(body).toMatchObject({ companyId: id, currency: 'USD', methods: [{ kind: 'delivery' }] });
    expect(Object.keys(body)).not.toEqual(expect.arrayContaining(['contactInfo', 'settings', 'ownerId']));
    expect((await company.request('GET', '/storefront/nobody-here')).status).toBe(404);
  });
});
