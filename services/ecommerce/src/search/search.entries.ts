import type { Database } from '@souk/service-kit';
import { system } from '@souk/service-kit';
import type { Product } from '../product/product.rules.ts';
import { products } from '../product/product.store.ts';
import type { StockRow } from '../stock/stock.rules.ts';
import { shopsInStock } from '../stock/stock.rules.ts';
import { stock } from '../stock/stock.store.ts';
import type { SearchEntry } from './search.index.ts';

export type ReadDatabase = Pick<Database, 'in'>;

const indexing = system('the search index holds products of all companies');
const BATCH = 500;

/** The entries of these products as the database has them now. */
export async function readEntries(database: ReadDatabase, productIds: readonly string[]): Promise<SearchEntry[]> {
  const found = await database.in(products, indexing).find({ _id: { $in: [...productIds] } });
  return entriesOf(database, found);
}

/** All products there are, in batches. */
export async function* readAllEntries(database: ReadDatabase): AsyncIterable<SearchEntry[]> {
  let batch: Product[] = [];
  for await (const product of database.in(products, indexing).stream({})) {
    batch.push(product);
    if (batch.length < BATCH) continue;
    yield await entriesOf(database, batch);
    batch = [];
  }
  yield await entriesOf(database, batch);
}

async function entriesOf(database: ReadDatabase, found: readonly Product[]): Promise<SearchEntry[]> {
  const rows = new Map<string, StockRow[]>();
  const companyIds = [...new Set(found.map(({ companyId }) => companyId))];
  const skus = [...new Set(found.flatMap(({ variants }) => variants.map(({ sku }) => sku)))];
  if (skus.length > 0)
    for await (const row of database.in(stock, indexing).stream({ companyId: { $in: companyIds }, sku: { $in: skus } })) {
      const key = `${row.companyId} ${row.sku}`;
      rows.set(key, [...(rows.get(key) ?? []), row]);
    }
  return found.map((product) =>
    entryOf(
      product,
      product.variants.flatMap(({ sku }) => rows.get(`${product.companyId} ${sku}`) ?? []),
    ),
  );
}

function entryOf(product: Product, rows: readonly StockRow[]): SearchEntry {
  const {
    _id,
    version,
    companyId,
    shopIds,
    status,
    name,
    slug,
    description = '',
    tags,
    brand = '',
    categoryIds,
    variants,
  } = product;
  const prices = variants.map(({ price }) => price);
  return {
    id: _id,
    version,
    companyId,
    shopIds,
    stockedShopIds: shopsInStock(shopIds, variants, rows),
    status,
    name,
    slug,
    description,
    tags,
    brand,
    skus: variants.map(({ sku }) => sku),
    categoryIds,
    price: Math.min(...prices),
    highestPrice: Math.max(...prices),
    createdAtMs: product.createdAt.getTime(),
  };
}
