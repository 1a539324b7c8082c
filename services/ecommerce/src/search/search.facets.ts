import type { FacetCount, Facets, SearchEntry } from './search.index.ts';

const MOST_VALUES = 50;

/** How many of the found products have each value, the most frequent first. */
export function facetsOf(found: readonly SearchEntry[], shopId: string | undefined): Facets {
  const stocked = found.filter((entry) => isStocked(entry, shopId)).length;
  const range = found.reduce(
    (known, entry) => ({ min: Math.min(known.min, entry.price), max: Math.max(known.max, entry.highestPrice) }),
    {
      min: Number.POSITIVE_INFINITY,
      max: 0,
    },
  );
  return {
    categories: countsOf(found.flatMap((entry) => entry.categoryIds)),
    brands: countsOf(found.flatMap((entry) => (entry.brand ? [entry.brand] : []))),
    tags: countsOf(found.flatMap((entry) => entry.tags)),
    inStock: stocked,
    outOfStock: found.length - stocked,
    ...(found.length > 0 && { price: range }),
  };
}

function countsOf(values: readonly string[]): FacetCount[] {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts]
    .map(([value, count]) => ({ value, count }))
    .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1))
    .slice(0, MOST_VALUES);
}

/** Whether a shop, or any shop, has something of it. */
export function isStocked(entry: SearchEntry, shopId: string | undefined): boolean {
  return shopId === undefined ? entry.stockedShopIds.length > 0 : entry.stockedShopIds.includes(shopId);
}
