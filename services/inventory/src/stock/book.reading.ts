import type { Filter, Tx } from '@souk/service-kit';
import { holds } from '../hold/hold.store.ts';
import { outstanding } from '../hold/lines.rules.ts';
import { knownProducts } from '../known/product.store.ts';
import { companySettings } from '../known/settings.store.ts';
import { warehouses } from '../warehouse/warehouse.store.ts';
import type { BookContents } from './book.rules.ts';
import { holderKey, productKey } from './book.rules.ts';
import { isAboutGoods } from './decide.rules.ts';
import type { CreateRequest, Hold, ReceiveRequest, StockItem, StockRequest } from './model.rules.ts';
import { stock } from './stock.store.ts';

/** A find brings at most 10,000 documents, so no single one may match more places than this. */
const MOST_PLACES = 8_000;

/** Stock items by where they are: each sku in each of the warehouses. */
interface Places {
  companyId: string;
  warehouseIds: string[];
  skus: string[];
}

type Inbound = ReceiveRequest | CreateRequest;

/** Reads all that `requests` need to be decided: one find for each collection, as long as the answer is not too large for one. */
export async function readBook(tx: Tx, requests: readonly StockRequest[]): Promise<Omit<BookContents, 'newId'>> {
  const orderIds = new Set(requests.flatMap((request) => (isAboutGoods(request) ? [] : [request.orderId])));
  const found = orderIds.size === 0 ? [] : await tx.in(holds).find({ _id: { $in: [...orderIds] } });
  const items = await readItems(tx, requests, new Map(found.map((hold) => [hold._id, hold])));
  const inbound = requests.filter((request) => request.kind === 'receive' || request.kind === 'create');
  const isReserving = requests.some(({ kind }) => kind === 'reserve');
  const heldBy = isReserving ? await readHolders(tx, items) : new Map<string, number>();
  return { items, holds: found, heldBy, ...(inbound.length > 0 && (await readInbound(tx, inbound))) };
}

/**
 * What shops hold of items of which something is kept for them. Only these items cost the reading of all that is held of them, and no
 * figure has to be kept true beside the holds.
 */
async function readHolders(tx: Tx, items: readonly StockItem[]): Promise<Map<string, number>> {
  const heldBy = new Map<string, number>();
  const kept = items.filter(({ setAside = [] }) => setAside.length > 0);
  if (kept.length === 0) return heldBy;
  const ids = new Set(kept.map(({ _id }) => _id));
  const shopIds = [...new Set(kept.flatMap(({ setAside = [] }) => setAside.map(({ shopId }) => shopId)))];
  const open = { open: { $in: [...ids] }, shopId: { $in: shopIds } };
  for await (const { shopId, lines } of tx.in(holds).stream(open, { fields: ['shopId', 'lines'] }))
    for (const line of lines) {
      if (line.stockId === undefined || !ids.has(line.stockId)) continue;
      const key = holderKey(line.stockId, shopId);
      heldBy.set(key, (heldBy.get(key) ?? 0) + outstanding(line));
    }
  return heldBy;
}

async function readItems(tx: Tx, requests: readonly StockRequest[], found: ReadonlyMap<string, Hold>): Promise<StockItem[]> {
  const places = requests.flatMap((request) => placesOf(request, found) ?? []);
  const items = new Map<string, StockItem>();
  for (const clauses of findsFor(itemsNamed(requests, found), mergePlaces(places))) {
    const [only] = clauses;
    for (const item of await tx.in(stock).find(clauses.length === 1 && only ? only : { $or: clauses })) items.set(item._id, item);
  }
  return [...items.values()];
}

/** Ids of the items that requests name, or that hold something for their orders. */
function itemsNamed(requests: readonly StockRequest[], found: ReadonlyMap<string, Hold>): string[] {
  const named = requests.flatMap((request) =>
    request.kind === 'adjust' || request.kind === 'describe' ? [request.stockId] : [],
  );
  const holding = [...found.values()].flatMap(({ lines }) => lines.flatMap(({ stockId }) => stockId ?? []));
  return [...new Set([...named, ...holding])];
}

/** Where a request may look for stock. A parcel may hold more than was held, which is then looked for in the order's warehouses. */
function placesOf(request: StockRequest, found: ReadonlyMap<string, Hold>): Places | undefined {
  const { kind } = request;
  if (kind === 'create') return { companyId: request.companyId, warehouseIds: [request.warehouseId], skus: [request.sku] };
  if (kind !== 'reserve' && kind !== 'ship' && kind !== 'receive') return undefined;
  const { companyId, lines } = request;
  const skus = lines.map(({ sku }) => sku);
  if (kind === 'receive') return { companyId, warehouseIds: request.lines.map(({ warehouseId }) => warehouseId), skus };
  const early = found.get(request.orderId)?.early?.flatMap((parcel) => parcel.lines.map(({ sku }) => sku)) ?? [];
  if (kind === 'reserve') return { companyId, warehouseIds: request.warehouseIds, skus: [...skus, ...early] };
  return { companyId, warehouseIds: found.get(request.orderId)?.warehouseIds ?? [], skus };
}

/** One entry for each company: orders of one company mostly share their warehouses. */
function mergePlaces(places: readonly Places[]): Places[] {
  const merged = new Map<string, { warehouseIds: Set<string>; skus: Set<string> }>();
  for (const { companyId, warehouseIds, skus } of places) {
    const entry = merged.get(companyId) ?? { warehouseIds: new Set(), skus: new Set() };
    for (const id of warehouseIds) entry.warehouseIds.add(id);
    for (const sku of skus) entry.skus.add(sku);
    merged.set(companyId, entry);
  }
  return [...merged].flatMap(([companyId, { warehouseIds, skus }]) =>
    warehouseIds.size > 0 && skus.size > 0 ? [{ companyId, warehouseIds: [...warehouseIds], skus: [...skus] }] : [],
  );
}

/** Filters packed into as few finds as possible. */
function findsFor(ids: readonly string[], places: readonly Places[]): Filter[][] {
  const finds: { clauses: Filter[]; size: number }[] = [];
  const add = (clause: Filter, size: number) => {
    const last = finds.at(-1);
    if (last && last.size + size <= MOST_PLACES) {
      last.clauses.push(clause);
      last.size += size;
    } else finds.push({ clauses: [clause], size });
  };
  for (let start = 0; start < ids.length; start += MOST_PLACES) {
    const some = ids.slice(start, start + MOST_PLACES);
    add({ _id: { $in: some } }, some.length);
  }
  for (const { companyId, warehouseIds, skus } of places) {
    const step = Math.max(1, Math.floor(MOST_PLACES / warehouseIds.length));
    for (let start = 0; start < skus.length; start += step) {
      const some = skus.slice(start, start + step);
      add({ companyId, sku: { $in: some }, warehouseId: { $in: warehouseIds } }, some.length * warehouseIds.length);
    }
  }
  return finds.map(({ clauses }) => clauses);
}

/** What a new stock item is made from. */
async function readInbound(
  tx: Tx,
  requests: readonly Inbound[],
): Promise<Pick<BookContents, 'places' | 'products' | 'thresholds'>> {
  const lines = requests.flatMap((request): { sku: string; warehouseId: string }[] =>
    request.kind === 'receive' ? request.lines : [request],
  );
  const companyIds = [...new Set(requests.map(({ companyId }) => companyId))];
  const skus = [...new Set(lines.map(({ sku }) => sku))];
  const found = await tx.in(warehouses).find({ _id: { $in: [...new Set(lines.map(({ warehouseId }) => warehouseId))] } });
  const products = await tx.in(knownProducts).find({ companyId: { $in: companyIds }, skus: { $in: skus } });
  const settings = await tx.in(companySettings).find({ _id: { $in: companyIds } });
  return {
    places: new Map(
      found.map(({ _id, companyId, shopIds, setAside }) => [_id, { companyId, shopIds, ...(setAside && { setAside }) }]),
    ),
    products: new Map(
      products.flatMap(({ _id, companyId, variants }) =>
        variants.map(({ sku, variantId }) => [productKey(companyId, sku), { productId: _id, variantId }] as const),
      ),
    ),
    thresholds: new Map(settings.map(({ _id, lowStockThreshold }) => [_id, lowStockThreshold])),
  };
}
