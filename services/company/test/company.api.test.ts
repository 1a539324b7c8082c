import { companyCreated, companyDeleted, companyUpdated, getCompanyState } from '@souk/contracts';
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
