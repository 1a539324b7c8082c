import type { Check, Fault, HoldDoc, OrderDoc, Snapshot } from './snapshot.ts';
import { fault, groupBy, sumOf } from './snapshot.ts';

type HoldLine = HoldDoc['lines'][number];

const isOpen = ({ state }: HoldDoc): boolean => state === 'reserved' || state === 'allocated';
const outstanding = ({ quantity, shipped }: HoldLine): number => quantity - shipped;

const noFigureIsNegative: Check = ({ stock }) =>
  stock.flatMap(({ _id, onHand, reserved, available }) => {
    const isSound = onHand >= 0 && reserved >= 0 && available >= 0 && available === onHand - reserved;
    return isSound
      ? []
      : [fault('stock is never negative', _id, `onHand ${onHand}, reserved ${reserved}, available ${available}`)];
  });

const onHandIsMovements: Check = ({ stock, movements }) => {
  const byStock = groupBy(movements, ({ stockId }) => stockId);
  return stock.flatMap(({ _id, onHand }) => {
    const moved = sumOf(byStock.get(_id) ?? [], ({ delta }) => delta);
    return moved === onHand ? [] : [fault('onHand equals movements', _id, `onHand ${onHand}, movements ${moved}`)];
  });
};

const movementsAreSound: Check = ({ movements }) =>
  movements
    .filter(({ before, delta, after }) => before + delta !== after || after < 0)
    .map(({ _id, before, delta, after }) => fault('movement adds up', _id, `${before} ${delta} ${after}`));

const reservedIsHolds: Check = ({ stock, holds }) => {
  const open = holds.filter(isOpen).flatMap(({ lines }) => lines.filter(({ stockId }) => stockId !== undefined));
  const byStock = groupBy(open, ({ stockId = '' }) => stockId);
  return stock.flatMap(({ _id, reserved }) => {
    const held = sumOf(byStock.get(_id) ?? [], outstanding);
    return held === reserved ? [] : [fault('reserved equals open holds', _id, `reserved ${reserved}, held ${held}`)];
  });
};

const holdsHaveOrders: Check = ({ holds, orders }) => {
  const known = new Set(orders.map(({ _id }) => _id));
  return holds.filter(({ _id }) => !known.has(_id)).map(({ _id }) => fault('hold has its order', _id, 'there is no such order'));
};

/** Pieces of each sku that an order takes from stock. */
function wanted({ lines }: OrderDoc): string {
  const tracked = lines.filter((line) => line.tracked && !line.backorder).map(({ sku, quantity }) => ({ sku, quantity }));
  return piecesOf(tracked);
}

function piecesOf(lines: readonly { sku: string; quantity: number }[]): string {
  const bySku = [...groupBy(lines, ({ sku }) => sku)].map(([sku, some]) => [sku, sumOf(some, ({ quantity }) => quantity)]);
  return JSON.stringify(bySku.sort());
}

function faultsOfHold(order: OrderDoc, hold: HoldDoc | undefined): Fault[] {
  if (order.status === 'cancelled') {
    return hold && isOpen(hold) ? [fault('ended order holds nothing', order._id, `is cancelled, its hold is ${hold.state}`)] : [];
  }
  if (!hold || !(isOpen(hold) || hold.state === 'shipped'))
    return [fault('order has its hold', order._id, `is ${order.status}, its hold is ${hold?.state ?? 'missing'}`)];
  if (order.status !== 'pending' && hold.state === 'reserved')
    return [fault('order has its hold', order._id, `is ${order.status} and its hold still has an end`)];
  const held = piecesOf(hold.lines.filter(({ stockId }) => stockId !== undefined));
  return held === wanted(order) ? [] : [fault('hold covers its order', order._id, `held ${held}, wanted ${wanted(order)}`)];
}

const ordersHaveHolds: Check = ({ orders, holds }) => {
  const byOrder = new Map(holds.map((hold) => [hold._id, hold]));
  return orders.flatMap((order) => faultsOfHold(order, byOrder.get(order._id)));
};

/** All that was promised or sent of a sku, whichever way the stock documents count it, is no more than ever came in. */
const nothingSoldTwice: Check = (snapshot) => {
  const cameIn = pieces(
    snapshot.movements.filter(({ cause }) => cause.type !== 'order'),
    ({ delta }) => delta,
  );
  const sold = soldPieces(snapshot);
  return [...sold].flatMap(([key, quantity]) => {
    const there = cameIn.get(key) ?? 0;
    return quantity <= there ? [] : [fault('nothing is sold twice', key, `${quantity} sold, ${there} came in`)];
  });
};

function soldPieces({ orders }: Snapshot): Map<string, number> {
  const kept = orders.filter(({ status }) => status !== 'cancelled' && status !== 'pending');
  const lines = kept.flatMap(({ companyId, lines: all }) =>
    all.filter((line) => line.tracked && !line.backorder).map(({ sku, quantity }) => ({ companyId, sku, quantity })),
  );
  return pieces(lines, ({ quantity }) => quantity);
}

function pieces<Item extends { companyId: string; sku: string }>(items: readonly Item[], count: (item: Item) => number) {
  const groups = groupBy(items, ({ companyId, sku }) => `${companyId} ${sku}`);
  return new Map([...groups].map(([key, group]) => [key, sumOf(group, count)]));
}

export const stockChecks: Check[] = [
  noFigureIsNegative,
  onHandIsMovements,
  movementsAreSound,
  reservedIsHolds,
  holdsHaveOrders,
  ordersHaveHolds,
  nothingSoldTwice,
];
