import { z } from 'zod';
import { defineEvent } from '../event.ts';
import { id, instant, sku } from '../ids.ts';
import { ids, moments, mug } from './examples.ts';
import { at, count, quantity, reasonCode, revision } from './shapes.ts';

const producer = 'inventory';

const held = z.object({ orderId: id, companyId: id, shopId: id });
const heldRevision = z.object({ orderId: id, revision, companyId: id, shopId: id });
const order = { orderId: ids.order, companyId: ids.company, shopId: ids.shop };

const stockLine = z.object({ sku, quantity, warehouseId: id });
const twoMugs = { sku: mug, quantity: 2, warehouseId: ids.warehouse };

export const inventoryReserved = defineEvent({
  type: 'inventory.reserved',
  producer,
  when:
    "All lines of an order's revision are held until `until`; also again when the hold was made longer. " +
    'A line split over warehouses stands there once for each, an untracked one without any.',
  schema: heldRevision.extend({
    reservationId: id,
    until: instant,
    lines: z.array(z.object({ lineId: id, sku, quantity, warehouseId: id.optional(), backordered: z.boolean() })),
  }),
  example: {
    ...order,
    revision: 1,
    reservationId: ids.reservation,
    until: moments.holdEnds,
    lines: [{ lineId: ids.line, ...twoMugs, backordered: false }],
  },
});

export const inventoryReservationFailed = defineEvent({
  type: 'inventory.reservation_failed',
  producer,
  when: "At least one line of an order's revision could not be held, so none is; it lists every sku that is short.",
  schema: heldRevision.extend({ short: z.array(z.object({ sku, requested: quantity, available: count })).min(1) }),
  example: { ...order, revision: 1, short: [{ sku: mug, requested: 2, available: 1 }] },
});

export const inventoryAllocated = defineEvent({
  type: 'inventory.allocated',
  producer,
  when: "A confirmed order's hold lost its end: its goods wait to be shipped.",
  schema: held.extend({ lines: z.array(stockLine) }),
  example: { ...order, lines: [twoMugs] },
});

export const inventoryReleased = defineEvent({
  type: 'inventory.released',
  producer,
  when: 'What was held for an order was given back: it was cancelled, its hold ran out, or a newer revision took its place.',
  schema: held.extend({ lines: z.array(stockLine), reason: z.enum(['cancelled', 'expired', 'superseded']) }),
  example: { ...order, lines: [twoMugs], reason: 'cancelled' },
});

export const inventoryShipped = defineEvent({
  type: 'inventory.shipped',
  producer,
  when: "A shipment's goods left the warehouses and were taken off what is on hand.",
  schema: held.extend({ shipmentId: id, lines: z.array(stockLine) }),
  example: { ...order, shipmentId: ids.shipment, lines: [twoMugs] },
});

export const inventoryHoldBroken = defineEvent({
  type: 'inventory.hold_broken',
  producer,
  when: 'Less is on hand than was promised, so an order lost pieces of its hold; the newest holds are broken first.',
  schema: held.extend({ revision: revision.optional(), sku, warehouseId: id, quantity }),
  example: { ...order, ...twoMugs },
});

/** One stock item as it is now. `available` is `onHand` less `reserved`, never below zero; `shopIds` are those it serves. */
const stock = z.object({
  stockId: id,
  companyId: id,
  shopIds: z.array(id),
  sku,
  productId: id.optional(),
  warehouseId: id,
  onHand: count,
  reserved: count,
  available: count,
  cause: z.enum([
    'created',
    'received',
    'adjusted',
    'counted',
    'imported',
    'reserved',
    'allocated',
    'released',
    'shipped',
    'restocked',
    'transferred_out',
    'transferred_in',
    'threshold_changed',
  ]),
});
const mugStock: z.infer<typeof stock> = {
  stockId: ids.stock,
  companyId: ids.company,
  shopIds: [ids.shop],
  sku: mug,
  productId: ids.product,
  warehouseId: ids.warehouse,
  onHand: 12,
  reserved: 2,
  available: 10,
  cause: 'reserved',
};

export const inventoryUpdated = defineEvent({
  type: 'inventory.updated',
  producer,
  when: 'Any figure of a stock item changed; changes of one commit to one item come as one event.',
  schema: stock,
  example: mugStock,
});

export const inventoryLowStock = defineEvent({
  type: 'inventory.low_stock',
  producer,
  when: 'What is available of a stock item fell to its threshold or below, above zero; once until it has been above again.',
  schema: stock.extend({ threshold: count }),
  example: { ...mugStock, onHand: 5, reserved: 2, available: 3, threshold: 5 },
});

export const inventoryOutOfStock = defineEvent({
  type: 'inventory.out_of_stock',
  producer,
  when: 'What is available of a stock item fell to zero.',
  schema: stock.extend({ threshold: count }),
  example: { ...mugStock, onHand: 2, reserved: 2, available: 0, threshold: 5 },
});

export const inventoryBackInStock = defineEvent({
  type: 'inventory.back_in_stock',
  producer,
  when: 'What is available of a stock item rose from zero.',
  schema: stock.extend({ threshold: count }),
  example: { ...mugStock, onHand: 24, reserved: 2, available: 22, threshold: 5, cause: 'received' },
});

export const inventoryAdjusted = defineEvent({
  type: 'inventory.adjusted',
  producer,
  when: 'Staff corrected what is on hand, up or down by `delta` pieces: a count, damage, a loss or a find.',
  schema: z.object({
    stockId: id,
    companyId: id,
    sku,
    warehouseId: id,
    delta: z.int(),
    before: count,
    after: count,
    reason: reasonCode,
    movementId: id,
  }),
  example: {
    stockId: ids.stock,
    companyId: ids.company,
    sku: mug,
    warehouseId: ids.warehouse,
    delta: -2,
    before: 12,
    after: 10,
    reason: 'damage',
    movementId: ids.movement,
  },
});

export const inventoryTransferred = defineEvent({
  type: 'inventory.transferred',
  producer,
  when: 'Goods of a transfer left their warehouse, or some of them arrived at the other; the lines are what moved at this step.',
  schema: z.object({
    transferId: id,
    companyId: id,
    fromWarehouseId: id,
    toWarehouseId: id,
    status: z.enum(['in_transit', 'partly_received', 'received']),
    lines: z.array(z.object({ sku, quantity })).min(1),
    at,
  }),
  example: {
    transferId: ids.transfer,
    companyId: ids.company,
    fromWarehouseId: ids.warehouse,
    toWarehouseId: ids.otherWarehouse,
    status: 'in_transit',
    lines: [{ sku: mug, quantity: 4 }],
    at: moments.shipped,
  },
});
