import type { CompanySettings, Place, TaxZone } from '@souk/contracts';
import { applyRate, includedTax } from '@souk/contracts';

const STANDARD = 'standard';

/** The tax zone of a place: the one of its state before the one of its country. */
export function taxZoneOf(settings: Pick<CompanySettings, 'taxZones'>, { country, state }: Place): TaxZone | undefined {
  const here = settings.taxZones.filter((zone) => zone.country === country);
  return here.find((zone) => zone.state !== undefined && zone.state === state) ?? here.find((zone) => zone.state === undefined);
}

/** Basis points for a tax class in a zone: a class the zone does not name is taxed like `standard`, and nothing is where there is no zone. */
export function taxRateOf(zone: TaxZone | undefined, taxClass: string): number {
  const rateOf = (wanted: string) => zone?.rates.find((each) => each.taxClass === wanted)?.rate;
  return rateOf(taxClass) ?? rateOf(STANDARD) ?? 0;
}

export const shippingTaxRateOf = (zone: TaxZone | undefined): number => taxRateOf(zone, STANDARD);

export interface Taxed {
  tax: number;
  /** What is to pay: `amount` with the tax on top, or with it inside. */
  total: number;
}

/** The tax of an amount in minor units, on top of it or inside it. */
export function taxed(amount: number, rate: number, isInclusive: boolean): Taxed {
  const tax = isInclusive ? includedTax(amount, rate) : applyRate(amount, rate);
  return { tax, total: isInclusive ? amount : amount + tax };
}
