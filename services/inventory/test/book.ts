import { randomUUID as newId } from 'node:crypto';
import { holderKey, StockBook } from '../src/stock/book.rules.ts';
import { breakHolds, closeBook, overpromised } from '../src/stock/close.rules.ts';
import type { StockDecision } from '../src/stock/decide.rules.ts';
import { decide } from '../src/stock/decide.rules.ts';
import type { GoodsRequest, Hold, HoldRequest, Movement, ReserveRequest, SetAside, StockItem } from '../src/stock/model.rules.ts';

export const companyId = newId();
export const shopId = newId();
export const warehouseA = newId();
export const warehouseB = newId();

/** A company's stock in memory: what the batch would read and write, so that decisions can be tried in any sequence. */
export class Shelves {
  readonly items = new Map<string, StockItem>();
  readonly holds = new Map<string, Hold>();
  readonly movements: Movement[] = [];
  readonly facts: StockBook['facts'] = [];
  /** What shops keep of warehouses. */
  readonly setAside = new Map<string, SetAside[]>();
  #minutes = 0;

  /** Decides requests as one batch and keeps what it changed. */
  decide(...requests: (HoldRequest | GoodsRequest)[]): StockDecision[] {
    const places = new Map([warehouseA, warehouseB].map((id) => [id, { companyId, shopIds: [shopId], ...this.#parts(id) }]));
    const items = [...this.items.values()].map((item) => ({ ...item, ...this.#parts(item.warehouseId) }));
    const copies = structuredClone({ items, holds: [...this.holds.values()] });
    const book = new StockBook({ newId, places, heldBy: this.heldBy(), ...copies });
    const decisions = requests.map((request, by) => {
      this.#minutes += 1;
      return decide(book, { ...request, at: new Date(Date.UTC(2026, 0, 1, 0, this.#minutes)) }, by);
    });
    for (const item of overpromised(book)) breakHolds(book, item, [...book.holds.values()]);
    for (const item of closeBook(book)) this.items.set(item._id, item);
    for (const id of book.touchedHolds.keys()) this.holds.set(id, book.holds.get(id)!);
    this.movements.push(...book.movements);
    this.facts.push(...book.facts);
    return structuredClone(decisions);
  }

  /** Pieces that each shop holds of each item. */
  heldBy(): Map<string, number> {
    const held = new Map<string, number>();
    for (const { shopId: holder, lines, open } of this.holds.values())
      for (const { stockId, quantity, shipped } of lines) {
        if (stockId === undefined || !open.includes(stockId)) continue;
        const key = holderKey(stockId, holder);
        held.set(key, (held.get(key) ?? 0) + quantity - shipped);
      }
    return held;
  }

  #parts(warehouseId: string): { setAside?: SetAside[] } {
    const setAside = this.setAside.get(warehouseId);
    return setAside ? { setAside } : {};
  }

  stock(sku: string, warehouseId = warehouseA): StockItem {
    const found = [...this.items.values()].find((item) => item.sku === sku && item.warehouseId === warehouseId);
    if (!found) throw new Error(`no ${sku}`);
    return found;
  }

  receive(sku: string, quantity: number, warehouseId = warehouseA): StockItem {
    const cause = { type: 'receipt' as const, id: newId() };
    this.decide({ kind: 'receive', companyId, movement: 'received', cause, lines: [{ sku, warehouseId, quantity }] });
    return this.stock(sku, warehouseId);
  }

  told(type: string): Record<string, unknown>[] {
    return this.facts.filter(({ contract }) => contract.type === type).map(({ data }) => data as Record<string, unknown>);
  }
}

export const ofOrder = (orderId: string) => ({ orderId, companyId, shopId });

/** An order of these quantities; `tracked` and without back-order unless said. */
export function order(
  quantities: Record<string, number>,
  also: Partial<ReserveRequest & { tracked: boolean; backorder: boolean }> = {},
): ReserveRequest {
  const { tracked = true, backorder = false, ...rest } = also;
  return {
    kind: 'reserve',
    orderId: newId(),
    revision: 1,
    companyId,
    shopId,
    warehouseIds: [warehouseA, warehouseB],
    lines: Object.entries(quantities).map(([sku, quantity]) => ({ lineId: newId(), sku, quantity, tracked, backorder })),
    holdUntil: '2026-01-01T12:00:00.000Z',
    isHistory: false,
    ...rest,
  };
}

export const parcel = (request: ReserveRequest, quantity?: number) => ({
  kind: 'ship' as const,
  ...ofOrder(request.orderId),
  shipmentId: newId(),
  lines: request.lines.map((line) => ({ lineId: line.lineId, sku: line.sku, quantity: quantity ?? line.quantity })),
});
