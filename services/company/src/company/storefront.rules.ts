import type { ShippingMethod, ShippingZone } from '@souk/contracts';

export interface OpenMethod extends Pick<ShippingMethod, 'methodId' | 'name' | 'kind'> {
  countries: string[];
}

/** The ways goods reach a buyer that have a price at all, each with the countries it serves. */
export function openMethods(zones: readonly ShippingZone[]): OpenMethod[] {
  return zones.flatMap(({ countries, methods }) =>
    methods
      .filter(({ rates }) => rates.length > 0)
      .map(({ methodId, name, kind }) => ({ methodId, name, kind, countries: [...countries] })),
  );
}
