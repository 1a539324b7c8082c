import type { Tx } from '@souk/service-kit';
import { BatchConflict } from '@souk/service-kit';
import { holds } from '../hold/hold.store.ts';
import { warehouses } from '../warehouse/warehouse.store.ts';
import type { StockBook } from './book.rules.ts';
import type { Hold, StockItem } from './model.rules.ts';
import { movements } from './movement.store.ts';
import { stock } from './stock.store.ts';

/** Writes what the batch decided, each update guarded by the version that was read. Throws BatchConflict when another replica was faster. */
export async function writeBook(tx: Tx, book: StockBook, changed: readonly StockItem[]): Promise<void> {
  const isNew = ({ _id }: StockItem) => book.touched.get(_id)?.before === null;
  await insertItems(tx, changed.filter(isNew));
  await updateAll(tx.in(stock), changed.filter((item) => !isNew(item)).map(itemUpdate));
  await tx.in(movements).insertMany(book.movements);
  const touched = [...book.touchedHolds].flatMap(([id, read]) => {
    const hold = book.holds.get(id);
    return hold ? [{ hold, read }] : [];
  });
  await tx.in(holds).insertMany(touched.filter(({ read }) => read === 0).map(({ hold }) => hold));
  await updateAll(tx.in(holds), touched.filter(({ read }) => read > 0).map(holdUpdate));
}

/** New items belong to the shops that their warehouses serve at this moment. */
async function insertItems(tx: Tx, items: readonly StockItem[]): Promise<void> {
  if (items.length === 0) return;
  const warehouseIds = [...new Set(items.map(({ warehouseId }) => warehouseId))];
  await tx.in(warehouses).updateMany({ _id: { $in: warehouseIds } }, { $inc: { itemsMade: 1 } });
  await tx.in(stock).insertMany(items);
}

type BulkCollection = Pick<ReturnType<Tx['in']>, 'bulkWrite'>;
type BulkUpdate = { updateOne: { filter: Record<string, unknown>; update: Record<string, unknown> } };

async function updateAll(collection: BulkCollection, writes: readonly BulkUpdate[]): Promise<void> {
  const { modified } = await collection.bulkWrite(writes);
  if (modified !== writes.length) throw new BatchConflict();
}

/** Only what the batch decides: the shops and the product of an item are written elsewhere, without a new version. */
function itemUpdate({
  _id,
  version,
  onHand,
  reserved,
  available,
  level,
  threshold,
  bin,
  cost,
  updatedAt,
}: StockItem): BulkUpdate {
  const set = {
    version,
    onHand,
    reserved,
    available,
    level,
    threshold,
    updatedAt,
    ...(bin !== undefined && { bin }),
    ...(cost && { cost }),
  };
  return { updateOne: { filter: { _id, version: version - 1 }, update: { $set: set } } };
}

const OPTIONAL = ['reservationId', 'until', 'short', 'confirmed', 'early'] as const;

function holdUpdate({ hold, read }: { hold: Hold; read: number }): BulkUpdate {
  const { _id, companyId: _company, createdAt: _created, ...set } = hold;
  const gone = OPTIONAL.filter((field) => hold[field] === undefined);
  const unset = Object.fromEntries(gone.map((field) => [field, '']));
  return { updateOne: { filter: { _id, version: read }, update: { $set: set, ...(gone.length > 0 && { $unset: unset }) } } };
}
