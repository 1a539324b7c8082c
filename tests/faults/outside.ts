import type { Fault, Snapshot } from './oracle/index.ts';
import type { GatewayMovement } from './oracle/snapshot.ts';

/** From the moment of the dump until everything was lost. */
export interface Between {
  fromMs: number;
  untilMs: number;
}

/** What happened outside after the moment of the dump, and the restored databases do not know. */
export interface Outside {
  /** Orders that clients were told of and that are lost. */
  orders: string[];
  /** Money that moved for payments that are lost: what the gateway has under each. */
  lostPayments: { reference: string; kept: number; moved: number }[];
  /** Payments that are there and say otherwise than the gateway. */
  otherPayments: { paymentId: string; orderId: string; ours: number; gateway: number }[];
}

const FACTS_OF_OUTSIDE = new Set([
  'gateway knows our payments only',
  'money kept is money due',
  'payment equals gateway',
  'one capture per paid order',
]);

/** What the world outside knows more than the restored databases of what happened between the dump and its loss, from the books of both. */
export function compareOutside(
  { acknowledged, payments, gateway, orders: known }: Snapshot,
  { fromMs, untilMs }: Between,
): Outside {
  const ids = new Set(known.map(({ _id }) => _id));
  const byReference = new Map<string, GatewayMovement[]>();
  for (const movement of gateway) byReference.set(movement.reference, [...(byReference.get(movement.reference) ?? []), movement]);
  const kept = (moved: readonly GatewayMovement[]) =>
    moved.reduce((sum, { type, amount }) => sum + (type === 'capture' ? amount : -amount), 0);
  const ours = new Set(payments.map(({ _id }) => _id));
  const movedThen = (reference: string) =>
    byReference.get(reference)?.some(({ createdAt }) => Date.parse(createdAt) >= fromMs && Date.parse(createdAt) <= untilMs);
  return {
    orders: acknowledged.filter(({ orderId }) => !ids.has(orderId)).map(({ orderId }) => orderId),
    lostPayments: [...byReference]
      .filter(([reference]) => !ours.has(reference) && movedThen(reference))
      .map(([reference, moved]) => ({ reference, kept: kept(moved), moved: moved.length })),
    otherPayments: payments
      .map(({ _id, orderId, capturedAmount, refundedAmount }) => ({
        paymentId: _id,
        orderId,
        ours: capturedAmount - refundedAmount,
        gateway: kept(byReference.get(_id) ?? []),
      }))
      .filter((payment) => payment.ours !== payment.gateway && movedThen(payment.paymentId)),
  };
}

/** A fault that is on the list of what happened outside: of a lost order or payment, or of one that moved on at the gateway alone. */
export function isListed({ rule, about }: Fault, outside: Outside, { gateway }: Snapshot): boolean {
  if (!FACTS_OF_OUTSIDE.has(rule)) return false;
  const lost = new Set(outside.lostPayments.map(({ reference }) => reference));
  const others = new Set(outside.otherPayments.flatMap(({ paymentId, orderId }) => [paymentId, orderId]));
  return others.has(about) || gateway.some(({ id, reference }) => id === about && lost.has(reference));
}
