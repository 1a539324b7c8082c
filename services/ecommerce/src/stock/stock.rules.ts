import type { Variant } from '../product/product.rules.ts';

/** What inventory says of one stock item: pieces of a sku in a warehouse, and the shops it serves. */
export interface StockRow {
  companyId: string;
  sku: string;
  shopIds: string[];
  available: number;
}

type Stocked = Pick<Variant, 'sku' | 'tracked' | 'backorderable'>;

/** Pieces of a sku that a shop can sell now; undefined when inventory has said nothing of it. */
export function availableAt(shopId: string, sku: string, rows: readonly StockRow[]): number | undefined {
  const here = rows.filter((row) => row.sku === sku && row.shopIds.includes(shopId));
  return here.length === 0 ? undefined : here.reduce((sum, row) => sum + row.available, 0);
}

/** The shops among `shopIds` that have at least one of the variants to sell. Untracked and back-orderable ones always are. */
export function shopsInStock(shopIds: readonly string[], variants: readonly Stocked[], rows: readonly StockRow[]): string[] {
  if (variants.some(({ tracked, backorderable }) => !tracked || backorderable)) return [...shopIds];
  const skus = new Set(variants.map(({ sku }) => sku));
  const serving = new Set(rows.filter((row) => skus.has(row.sku) && row.available > 0).flatMap((row) => row.shopIds));
  return shopIds.filter((shopId) => serving.has(shopId));
}
