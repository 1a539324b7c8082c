import type { CompanySettings, SegmentThresholds, ShippingRate, ShippingZone, TaxZone } from '@souk/contracts';
import { DEFAULT_SEGMENT_THRESHOLDS } from '@souk/contracts';
import { ALL_COUNTRIES } from './countries.rules.ts';

/** One thing that is wrong with settings, where it is, and why. */
export interface Fault {
  path: string;
  code: string;
  message: string;
}

/** What a company speaks that has not said so. */
export const DEFAULT_LOCALES = ['en'];

/** What a company begins with: no tax, and one free way to send anything anywhere, so that it can sell at once. */
export function defaultSettings(ids: { zoneId: string; methodId: string }): CompanySettings {
  const free = { minWeightGrams: 0, minTotal: 0, price: 0 };
  const delivery = { methodId: ids.methodId, name: 'Standard delivery', kind: 'delivery', rates: [free] } as const;
  return {
    currency: 'USD',
    timezone: 'UTC',
    taxInclusive: false,
    taxZones: [],
    shippingZones: [
      { zoneId: ids.zoneId, name: 'Everywhere', countries: [...ALL_COUNTRIES], methods: [{ ...delivery, rates: [free] }] },
    ],
    lowStockThreshold: 5,
    returnWindowDays: 30,
    reservationSeconds: 900,
    locales: [...DEFAULT_LOCALES],
    segmentThresholds: { ...DEFAULT_SEGMENT_THRESHOLDS },
  };
}

/** What each schema allows but all together do not. Empty when the settings can stand. */
export function settingsFaults(settings: CompanySettings): Fault[] {
  return [
    ...taxFaults(settings.taxZones),
    ...settings.shippingZones.flatMap(zoneFaults),
    ...repeated(settings.shippingZones.map(({ zoneId }) => zoneId)).map((at) => duplicate(`shippingZones.${at}.zoneId`)),
    ...methodFaults(settings.shippingZones),
    ...thresholdFaults(settings.segmentThresholds ?? DEFAULT_SEGMENT_THRESHOLDS),
  ];
}

const fault = (path: string, code: string, message: string): Fault => ({ path: `body.${path}`, code, message });
const duplicate = (path: string): Fault => fault(path, 'duplicate', 'stands there twice');

/** Places of values that stood earlier in the list already. */
function repeated(values: readonly string[]): number[] {
  return values.flatMap((value, index) => (values.indexOf(value) < index ? [index] : []));
}

function taxFaults(zones: readonly TaxZone[]): Fault[] {
  const places = zones.map(({ country, state }) => `${country}-${state ?? ''}`);
  return [
    ...repeated(places).map((at) => duplicate(`taxZones.${at}.country`)),
    ...zones.flatMap(({ rates }, at) =>
      repeated(rates.map(({ taxClass }) => taxClass)).map((rate) => duplicate(`taxZones.${at}.rates.${rate}.taxClass`)),
    ),
  ];
}

function zoneFaults(zone: ShippingZone, at: number): Fault[] {
  const path = `shippingZones.${at}`;
  const spansStates = (zone.states?.length ?? 0) > 0 && zone.countries.length > 1;
  return [
    ...(spansStates ? [fault(`${path}.states`, 'many_countries', 'states narrow a zone of one country only')] : []),
    ...repeated(zone.countries).map((index) => duplicate(`${path}.countries.${index}`)),
    ...zone.methods.flatMap(({ rates }, method) =>
      rates.flatMap((rate, index) => rateFaults(rate, `${path}.methods.${method}.rates.${index}`)),
    ),
  ];
}

function rateFaults(rate: ShippingRate, path: string): Fault[] {
  const { minWeightGrams, maxWeightGrams, minTotal, maxTotal } = rate;
  return [
    ...(maxWeightGrams !== undefined && maxWeightGrams <= minWeightGrams
      ? [fault(`${path}.maxWeightGrams`, 'empty_range', 'must exceed the minimum')]
      : []),
    ...(maxTotal !== undefined && maxTotal <= minTotal
      ? [fault(`${path}.maxTotal`, 'empty_range', 'must exceed the minimum')]
      : []),
  ];
}

function methodFaults(zones: readonly ShippingZone[]): Fault[] {
  const places = zones.flatMap((zone, at) =>
    zone.methods.map(({ methodId }, method) => ({ methodId, path: `shippingZones.${at}.methods.${method}.methodId` })),
  );
  return repeated(places.map(({ methodId }) => methodId)).flatMap((index) =>
    places.slice(index, index + 1).map(({ path }) => duplicate(path)),
  );
}

function thresholdFaults({ silver, gold, platinum }: SegmentThresholds): Fault[] {
  return [
    ...(gold <= silver ? [fault('segmentThresholds.gold', 'out_of_order', 'must exceed silver')] : []),
    ...(platinum <= gold ? [fault('segmentThresholds.platinum', 'out_of_order', 'must exceed gold')] : []),
  ];
}
