import type { ReservationRequest } from '@souk/contracts';
import { newId } from '@souk/service-kit';
import type { Db } from 'mongodb';

/** The program one would write first: for each order one conditional update, then its hold and its event. */
export interface PlainStock {
  reserve(request: ReservationRequest): Promise<void>;
}

const DURABLE = { writeConcern: { w: 'majority', j: true } } as const;

interface Identified {
  _id: string;
}

/** Prepares `db` with the stock item and the indexes that inventory's own database has. */
export async function openPlainStock(db: Db, from: { of: Db; stockId: string }): Promise<PlainStock> {
  const item = await from.of.collection<Identified>('stock').findOne({ _id: from.stockId });
  if (!item) throw new Error('there is no stock to copy');
  for (const name of ['stock', 'holds', 'events']) await copyIndexes(from.of, db, name);
  const stock = db.collection<Identified & { available: number }>('stock', DURABLE);
  const holds = db.collection<Identified & Record<string, unknown>>('holds', DURABLE);
  const events = db.collection<Identified & Record<string, unknown>>('events', DURABLE);
  await stock.insertOne({ available: 0, ...item });
  return {
    async reserve(request) {
      const [line] = request.lines;
      if (!line) throw new Error('an order has a line');
      const { quantity } = line;
      const taken = await stock.updateOne(
        { _id: from.stockId, available: { $gte: quantity } },
        { $inc: { available: -quantity, reserved: quantity, version: 1 }, $currentDate: { updatedAt: true } },
      );
      if (taken.modifiedCount !== 1) throw new Error('out of stock');
      const hold = holdOf(request, from.stockId);
      await holds.insertOne(hold);
      await events.insertOne(eventOf(request, hold));
    },
  };
}

async function copyIndexes(from: Db, to: Db, name: string): Promise<void> {
  const indexes = await from.collection(name).listIndexes().toArray();
  for (const { key, unique, sparse } of indexes)
    if (key._id === undefined || Object.keys(key).length > 1)
      await to.collection(name).createIndex(key, { ...(unique && { unique }), ...(sparse && { sparse }) });
}

function holdOf(request: ReservationRequest, stockId: string) {
  const { orderId, companyId, shopId, revision, warehouseIds, lines, holdUntil } = request;
  const now = new Date();
  const [warehouseId] = warehouseIds;
  return {
    _id: orderId,
    companyId,
    shopId,
    revision,
    state: 'reserved',
    warehouseIds,
    lines: lines.map(({ lineId, sku, quantity }) => ({
      lineId,
      sku,
      stockId,
      warehouseId,
      quantity,
      shipped: 0,
      backordered: false,
    })),
    reservationId: newId(),
    until: new Date(holdUntil),
    heldAt: now,
    shipments: [],
    isHistory: false,
    open: [stockId],
    version: 1,
    createdAt: now,
    updatedAt: now,
  };
}

function eventOf({ companyId }: ReservationRequest, hold: ReturnType<typeof holdOf>) {
  const { _id: orderId, revision, shopId, reservationId, until } = hold;
  const lines = hold.lines.map(({ stockId: _stockId, shipped: _shipped, ...line }) => line);
  return {
    _id: newId(),
    type: 'inventory.reserved',
    version: 1,
    subject: orderId,
    companyId,
    sequence: 1_000,
    unsent: true,
    time: hold.createdAt,
    requestId: newId(),
    traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
    data: { orderId, revision, companyId, shopId, reservationId, until: until.toISOString(), lines },
  };
}
