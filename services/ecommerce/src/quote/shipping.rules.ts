import type { CompanySettings, Place, ShippingMethod, ShippingZone } from '@souk/contracts';

/** A way to send a parcel, with its price in minor units. */
export interface ShippingOption {
  methodId?: string | undefined;
  name: string;
  kind: 'delivery' | 'pickup';
  price: number;
}

/** A parcel: its weight, and what its goods cost after discounts. */
export interface Parcel {
  weightGrams: number;
  total: number;
}

/** For a company that has not said how it sends: one way, free. */
const FREE: ShippingOption = { name: 'Standard', kind: 'delivery', price: 0 };

/**
 * The ways a parcel can reach a place, the cheapest first. Zones that name the place's state go before those of its whole country.
 * A buyer who has not said where can only pick up.
 */
export function shippingOptionsOf(
  settings: Pick<CompanySettings, 'shippingZones'>,
  place: Place,
  parcel: Parcel,
): ShippingOption[] {
  const zones = settings.shippingZones;
  if (zones.length === 0) return [FREE];
  const methods = zonesFor(zones, place).flatMap((zone) => zone.methods);
  const reachable = place.country === undefined ? methods.filter(({ kind }) => kind === 'pickup') : methods;
  const options = new Map<string, ShippingOption>();
  for (const method of reachable) {
    const price = priceOf(method, parcel);
    const known = options.get(method.name);
    if (price !== undefined && (known === undefined || price < known.price)) {
      options.set(method.name, { methodId: method.methodId, name: method.name, kind: method.kind, price });
    }
  }
  return [...options.values()].sort((a, b) => a.price - b.price || (a.name < b.name ? -1 : 1));
}

/** The option that was chosen by name or id, or the cheapest. Undefined when there is none. */
export function chooseShipping(options: readonly ShippingOption[], wanted: string | undefined): ShippingOption | undefined {
  return wanted === undefined ? options[0] : options.find(({ name, methodId }) => name === wanted || methodId === wanted);
}

function zonesFor(zones: readonly ShippingZone[], { country, state }: Place): readonly ShippingZone[] {
  if (country === undefined) return zones;
  const here = zones.filter((zone) => zone.countries.includes(country));
  const ofState = here.filter((zone) => state !== undefined && zone.states?.includes(state));
  return ofState.length > 0 ? ofState : here.filter((zone) => zone.states === undefined || zone.states.length === 0);
}

/** The lowest of the method's rates that the parcel falls under: minima included, maxima not. */
function priceOf(method: ShippingMethod, { weightGrams, total }: Parcel): number | undefined {
  const prices = method.rates
    .filter((rate) => weightGrams >= rate.minWeightGrams && weightGrams < (rate.maxWeightGrams ?? Number.POSITIVE_INFINITY))
    .filter((rate) => total >= rate.minTotal && total < (rate.maxTotal ?? Number.POSITIVE_INFINITY))
    .map(({ price }) => price);
  return prices.length === 0 ? undefined : Math.min(...prices);
}
