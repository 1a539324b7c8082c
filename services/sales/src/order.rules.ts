import type { EventData, OrderStatus } from '@souk/contracts';
import {
  orderCancelled,
  orderCaptureRequested,
  orderCompleted,
  orderDelivered,
  orderProcessing,
  orderRefunded,
  orderShipped,
} from '@souk/contracts';
import { moveRefused, nothingToShip } from './errors.ts';
import type { Fact } from './fact.rules.ts';
import { confirmedFact, fact, refOf } from './fact.rules.ts';
import type { Answers, CancelReason, Order, Shipment, Step } from './order.model.ts';
import { CAPTURE_MARGIN_MS, isCashOnDelivery, nextDeadline, nextStep } from './saga.rules.ts';

export type { Fact } from './fact.rules.ts';

/** An order after a decision, and the facts that tell of it. */
export interface Decision {
  order: Order;
  facts: Fact[];
}

/** When and through whom a decision is made. Ids come from outside so that a decision is repeatable. */
export interface Cause {
  now: Date;
  by: string;
  actorId?: string | undefined;
}

/** The story of an order with one more step. */
export function step(order: Order, name: string, { now, by, actorId }: Cause): Step[] {
  return [...order.timeline, { step: name, at: now, cause: by, ...(actorId !== undefined && { actorId }) }];
}

/** Records an answer to revision `revision` and goes as far as the saga then goes. Answers to older revisions change nothing. */
export function answered(
  order: Order,
  answer: { revision: number; answers: Answers; paymentId?: string | undefined },
  cause: Cause,
): Decision {
  if (answer.revision !== order.revision) return { order, facts: [] };
  const paymentId = answer.paymentId ?? order.paymentId;
  const next: Order = {
    ...order,
    answers: { ...order.answers, ...answer.answers },
    ...(paymentId !== undefined && { paymentId }),
  };
  if (order.phase === 'done') return { order: { ...next, paymentStatus: paidStatus(next) }, facts: [] };
  return settle({ ...next, paymentStatus: paidStatus(next) }, cause);
}

function paidStatus({ answers, paymentStatus }: Order): Order['paymentStatus'] {
  if (paymentStatus === 'refunded' || paymentStatus === 'partially_refunded') return paymentStatus;
  if (answers.payment === 'captured') return 'paid';
  if (paymentStatus === 'paid') return 'paid';
  if (answers.payment === 'authorised') return 'authorised';
  return answers.payment === 'failed' ? 'failed' : paymentStatus;
}

/** Takes every step of the saga that can be taken now. */
export function settle(order: Order, cause: Cause): Decision {
  const move = nextStep(order, cause.now);
  switch (move.kind) {
    case 'wait':
      return { order: withDeadline(order, cause.now), facts: [] };
    case 'cancel':
      return cancelled(order, move.reason, cause);
    case 'confirm':
      return confirmed(order, cause);
    case 'reopen':
      return settle(
        { ...order, phase: 'open', answers: withoutPayment(order.answers), timeline: step(order, 'capture_failed', cause) },
        cause,
      );
    case 'capture':
      return capturing(order, cause);
  }
}

function withoutPayment({ payment: _, ...rest }: Answers): Answers {
  return rest;
}

function withDeadline(order: Order, now: Date): Order {
  const { nextDeadlineAt: _, ...rest } = order;
  const next = nextDeadline(order, now);
  return next ? { ...rest, nextDeadlineAt: next } : rest;
}

function capturing(order: Order, cause: Cause): Decision {
  const least = cause.now.getTime() + CAPTURE_MARGIN_MS;
  const holdUntil = new Date(Math.max(order.holdUntil.getTime(), least));
  const next = withDeadline({ ...order, phase: 'paying', holdUntil, asks: 0, timeline: step(order, 'paying', cause) }, cause.now);
  const { _id, revision, companyId, pricing, currency } = order;
  return {
    order: next,
    facts: [fact(orderCaptureRequested, { orderId: _id, revision, companyId, amount: pricing.total, currency })],
  };
}

function confirmed(order: Order, cause: Cause): Decision {
  const next = withDeadline(
    { ...order, status: 'confirmed', phase: 'done', confirmedAt: cause.now, timeline: step(order, 'confirmed', cause) },
    cause.now,
  );
  const decision = { order: next, facts: [confirmedFact(next, cause.now)] };
  return order.source === 'pos' ? handedOver(decision, cause) : decision;
}

/** At the till the goods leave with the buyer. The shipment has the order's id: there is just one. */
function handedOver({ order, facts }: Decision, cause: Cause): Decision {
  const shipped = ship(order, { shipmentId: order._id }, cause);
  const delivered = move(shipped.order, 'delivered', cause);
  const completed = move(delivered.order, 'completed', cause);
  return { order: completed.order, facts: [...facts, ...shipped.facts, ...delivered.facts, ...completed.facts] };
}

function cancelled(order: Order, reason: CancelReason, cause: Cause): Decision {
  const { cancelAsked: _, ...rest } = order;
  const wasConfirmed = order.confirmedAt !== undefined;
  const timeline = step(order, 'cancelled', { ...cause, by: reason });
  const next = withDeadline({ ...rest, status: 'cancelled', phase: 'done', cancelReason: reason, timeline }, cause.now);
  const { revision, currency, pricing, paymentMethod, source, lines, coupons, placedAt } = order;
  const data = {
    ...refOf(order),
    revision,
    reason,
    refund: order.answers.payment === 'captured',
    currency,
    total: pricing.total,
    paymentMethod,
    source,
    confirmed: wasConfirmed,
    lines,
    pricing,
    coupons,
    placedAt: placedAt.toISOString(),
    at: cause.now.toISOString(),
  } satisfies EventData<typeof orderCancelled>;
  return { order: next, facts: [fact(orderCancelled, data)] };
}

/** Moves that people may ask for, by where the order is. */
const MOVES: Partial<Record<OrderStatus, readonly OrderStatus[]>> = {
  pending: ['cancelled'],
  confirmed: ['processing', 'shipped', 'cancelled'],
  processing: ['shipped', 'cancelled'],
  shipped: ['delivered'],
  delivered: ['completed'],
};

/** Where the order may go now. An order of which pieces have left can no longer be cancelled. */
export function allowedMoves(order: Order): readonly OrderStatus[] {
  const moves = MOVES[order.status] ?? [];
  return order.shipments.length > 0 ? moves.filter((status) => status !== 'cancelled') : moves;
}

function refuseMove(order: Order, to: OrderStatus): void {
  const allowed = allowedMoves(order);
  if (!allowed.includes(to))
    throw moveRefused(`The order is ${order.status}; it can become: ${allowed.join(', ') || 'nothing else'}`, { allowed });
}

/** Cancels an order, at once or, while its money is under way, as soon as that is known. Throws `sales.move_refused`. */
export function cancel(order: Order, reason: CancelReason, cause: Cause): Decision {
  if (order.status === 'cancelled') return { order, facts: [] };
  refuseMove(order, 'cancelled');
  if (order.phase === 'paying')
    return { order: { ...order, cancelAsked: reason, timeline: step(order, 'cancel_asked', cause) }, facts: [] };
  return cancelled(order, reason, cause);
}

/** Marks an order processing, delivered or completed. Throws `sales.move_refused`. */
export function move(order: Order, to: 'processing' | 'delivered' | 'completed', cause: Cause): Decision {
  refuseMove(order, to);
  const next: Order = { ...order, status: to, timeline: step(order, to, cause) };
  const at = cause.now.toISOString();
  if (to === 'processing') return { order: next, facts: [fact(orderProcessing, { ...refOf(order), at })] };
  if (to === 'completed') return { order: next, facts: [fact(orderCompleted, { ...refOf(order), at })] };
  const { paymentMethod, pricing, currency } = order;
  return { order: next, facts: [fact(orderDelivered, { ...refOf(order), paymentMethod, total: pricing.total, currency, at })] };
}

/** What of each line has not left yet. */
export function unshipped(order: Order): Shipment['lines'] {
  const sent = new Map<string, number>();
  for (const { lineId, quantity } of order.shipments.flatMap(({ lines }) => lines))
    sent.set(lineId, (sent.get(lineId) ?? 0) + quantity);
  return order.lines
    .map(({ lineId, sku, quantity }) => ({ lineId, sku, quantity: quantity - (sent.get(lineId) ?? 0) }))
    .filter(({ quantity }) => quantity > 0);
}

export interface ShipmentRequest {
  shipmentId: string;
  /** All that is left when absent. */
  lines?: { lineId: string; quantity: number }[] | undefined;
  carrier?: string | undefined;
  trackingNumber?: string | undefined;
}

/** Sends a parcel: the order is `shipped` once nothing is left to send. Throws `sales.move_refused` or `sales.nothing_to_ship`. */
export function ship(order: Order, request: ShipmentRequest, cause: Cause): Decision {
  refuseMove(order, 'shipped');
  const left = unshipped(order);
  const lines = request.lines === undefined ? left : pick(left, request.lines);
  if (lines.length === 0) throw nothingToShip();
  const { shipmentId, carrier, trackingNumber } = request;
  const details = { ...(carrier !== undefined && { carrier }), ...(trackingNumber !== undefined && { trackingNumber }) };
  const shipments = [...order.shipments, { shipmentId, lines, ...details, at: cause.now }];
  const complete = unshipped({ ...order, shipments }).length === 0;
  const status = complete ? 'shipped' : 'processing';
  const next: Order = { ...order, shipments, status, timeline: step(order, complete ? 'shipped' : 'partly_shipped', cause) };
  const at = cause.now.toISOString();
  const facts = [fact(orderShipped, { ...refOf(order), shipmentId, lines, ...details, complete, at })];
  if (order.status === 'confirmed' && !complete) facts.unshift(fact(orderProcessing, { ...refOf(order), at }));
  return { order: next, facts };
}

function pick(left: Shipment['lines'], wanted: { lineId: string; quantity: number }[]): Shipment['lines'] {
  const asked = new Map<string, number>();
  for (const { lineId, quantity } of wanted) asked.set(lineId, (asked.get(lineId) ?? 0) + quantity);
  return [...asked].map(([lineId, quantity]) => {
    const line = left.find((each) => each.lineId === lineId);
    if (!line || line.quantity < quantity) throw nothingToShip(`Of line ${lineId} only ${line?.quantity ?? 0} are left to ship`);
    return { ...line, quantity };
  });
}

/**
 * Pieces that were promised are not there: nobody can ship them, so an order that has not left is cancelled and refunded. What an older
 * revision lost matters no more: the present one asks for its own.
 */
export function holdBroken(order: Order, revision: number | undefined, cause: Cause): Decision {
  if (revision !== undefined && revision < order.revision) return { order, facts: [] };
  if (!['pending', 'confirmed', 'processing'].includes(order.status) || order.shipments.length > 0) {
    return { order: { ...order, timeline: step(order, 'hold_broken', cause) }, facts: [] };
  }
  return cancel(order, 'hold_broken', cause);
}

/** Its company is gone: an order of which nothing has left is cancelled, any other stays as it is. */
export function endWithCompany(order: Order, cause: Cause): Decision {
  const isAsked = order.cancelAsked !== undefined;
  return isAsked || !allowedMoves(order).includes('cancelled') ? { order, facts: [] } : cancel(order, 'company_deleted', cause);
}

/** Money that was given back: `refundedTotal` so far, of all that was captured. Older news of it change nothing. */
export function refunded(order: Order, refund: { refundedTotal: number; capturedTotal: number }, cause: Cause): Decision {
  const { refundedTotal, capturedTotal } = refund;
  if (refundedTotal <= (order.refundedTotal ?? 0)) return { order, facts: [] };
  const paymentStatus = refundedTotal >= capturedTotal ? 'refunded' : 'partially_refunded';
  const next: Order = { ...order, refundedTotal, paymentStatus, timeline: step(order, paymentStatus, cause) };
  const { currency, pricing } = order;
  const data = { ...refOf(order), refundedTotal, total: pricing.total, currency, at: cause.now.toISOString() };
  return { order: next, facts: [fact(orderRefunded, data)] };
}

/** Whether staff still have to collect the money at the door. */
export const awaitsCash = (order: Order): boolean => isCashOnDelivery(order) && order.paymentStatus !== 'paid';
