import { companySettingsUpdated, paymentSuccess } from '@souk/contracts';
import type { TestService } from '@souk/testing';
import { companyAdmin, superAdmin } from '@souk/testing';
import { startCompany } from './running-company.ts';

let company: TestService;
const platform = superAdmin();
let names = 0;

beforeAll(async () => {
  company = await startCompany();
});
afterAll(() => company.stop());

async function addCompany() {
  names += 1;
  const answer = await company.request('POST', '/companies', { as: platform, body: { name: `Cups ${names}` } });
  expect(answer.status).toBe(201);
  return answer.body;
}

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
