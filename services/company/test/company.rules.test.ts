import { companySettings } from '@souk/contracts';
import { slugOf } from '../src/company/company.rules.ts';
import { ALL_COUNTRIES } from '../src/company/countries.rules.ts';
import { defaultSettings, settingsFaults } from '../src/company/settings.rules.ts';
import { openMethods } from '../src/company/storefront.rules.ts';

const zoneId = '019345a0-0000-7000-8000-00000000001c';
const methodId = '019345a0-0000-7000-8000-00000000001d';
const settings = defaultSettings({ zoneId, methodId });
const [everywhere] = settings.shippingZones;
const codes = (changed: Partial<typeof settings>) =>
  settingsFaults({ ...settings, ...changed }).map(({ path, code }) => `${path} ${code}`);

describe('the settings a company begins with', () => {
  test('are as other services expect settings', () => {
    expect(companySettings.parse(settings)).toEqual(settings);
    expect(settingsFaults(settings)).toEqual([]);
  });

  test('deliver to every country of ISO 3166, free', () => {
    expect(new Set(ALL_COUNTRIES).size).toBe(249);
    expect(openMethods(settings.shippingZones)).toEqual([
      { methodId, name: 'Standard delivery', kind: 'delivery', countries: [...ALL_COUNTRIES] },
    ]);
    expect(everywhere?.methods[0]?.rates).toEqual([{ minWeightGrams: 0, minTotal: 0, price: 0 }]);
  });
});

describe('settings that cannot stand together', () => {
  test('a tax zone that stands there twice', () => {
    expect(
      codes({
        taxZones: [
          { country: 'US', rates: [] },
          { country: 'US', state: 'NY', rates: [] },
        ],
      }),
    ).toEqual([]);
    expect(
      codes({
        taxZones: [
          { country: 'US', rates: [] },
          { country: 'US', rates: [] },
        ],
      }),
    ).toEqual(['body.taxZones.1.country duplicate']);
  });

  test('two rates of one tax class', () => {
    const rates = [
      { taxClass: 'standard', rate: 800 },
      { taxClass: 'standard', rate: 900 },
    ];
    expect(codes({ taxZones: [{ country: 'US', rates }] })).toEqual(['body.taxZones.0.rates.1.taxClass duplicate']);
  });

  test('states of several countries, a zone and a method twice', () => {
    const zone = { zoneId, name: 'x', countries: ['US', 'CA'], states: ['NY'], methods: [] };
    expect(codes({ shippingZones: [zone] })).toEqual(['body.shippingZones.0.states many_countries']);
    expect(codes({ shippingZones: [...settings.shippingZones, ...settings.shippingZones] })).toEqual([
      'body.shippingZones.1.zoneId duplicate',
      'body.shippingZones.1.methods.0.methodId duplicate',
    ]);
  });

  test('a rate whose range is empty', () => {
    const rates = [{ minWeightGrams: 5, maxWeightGrams: 5, minTotal: 9, maxTotal: 8, price: 1 }];
    const methods = [{ methodId, name: 'x', kind: 'delivery' as const, rates }];
    expect(codes({ shippingZones: [{ zoneId, name: 'x', countries: ['US'], methods }] })).toEqual([
      'body.shippingZones.0.methods.0.rates.0.maxWeightGrams empty_range',
      'body.shippingZones.0.methods.0.rates.0.maxTotal empty_range',
    ]);
  });
});

test.each([
  ['North Mugs', 'north-mugs'],
  ['  Kōhī & Söhne!  ', 'kohi-sohne'],
  ['茶', 'company'],
  [`${'a'.repeat(62)} b`, 'a'.repeat(62)],
])('the slug of %p is %p', (name, slug) => {
  expect(slugOf(name)).toBe(slug);
});
