import type { Check, Fault, GatewayMovement, OrderDoc, PaymentDoc } from './snapshot.ts';
import { fault, groupBy, repeated, sumOf } from './snapshot.ts';

const isOfGateway = ({ gateway }: PaymentDoc): boolean => gateway === 'sandbox';

const onePaymentPerOrder: Check = ({ payments }) =>
  repeated(payments, ({ orderId }) => orderId).map((orderId) => fault('one payment per order', orderId, 'has several'));

const paymentsHaveOrders: Check = ({ payments, orders }) => {
  const known = new Set(orders.map(({ _id }) => _id));
  return payments
    .filter(({ orderId }) => !known.has(orderId))
    .map(({ _id, orderId }) => fault('payment has its order', _id, `there is no order ${orderId}`));
};

/** What the gateway must have taken of an order, and what it must have given back of that. */
function due(order: OrderDoc, payment: PaymentDoc): { captures: number; kept: number } {
  const isPaid = order.status !== 'cancelled' && order.status !== 'pending';
  if (isPaid) return { captures: 1, kept: order.pricing.total };
  // An order that ended while its capture was under way is refunded; one that was never captured has nothing to give back.
  return { captures: payment.capturedAmount > 0 ? 1 : 0, kept: 0 };
}

function faultsOfMoney(order: OrderDoc, payment: PaymentDoc, moved: readonly GatewayMovement[]): Fault[] {
  const captured = moved.filter(({ type }) => type === 'capture');
  const refunded = sumOf(
    moved.filter(({ type }) => type === 'refund'),
    ({ amount }) => amount,
  );
  const kept = sumOf(captured, ({ amount }) => amount) - refunded;
  const wanted = due(order, payment);
  const faults: Fault[] = [];
  if (captured.length !== wanted.captures)
    faults.push(fault('one capture per paid order', order._id, `is ${order.status}, captured ${captured.length} times`));
  if (kept !== wanted.kept)
    faults.push(fault('money kept is money due', order._id, `is ${order.status}, gateway keeps ${kept}, due ${wanted.kept}`));
  if (payment.capturedAmount - payment.refundedAmount !== kept || payment.refunds.some(({ status }) => status === 'pending'))
    faults.push(
      fault('payment equals gateway', payment._id, `keeps ${payment.capturedAmount - payment.refundedAmount}, gateway ${kept}`),
    );
  return faults;
}

const gatewayEqualsOrders: Check = ({ orders, payments, gateway }) => {
  const byOrder = new Map(payments.map((payment) => [payment.orderId, payment]));
  const byPayment = groupBy(gateway, ({ reference }) => reference);
  return orders
    .filter(({ paymentMethod }) => paymentMethod === 'sandbox')
    .flatMap((order) => {
      const payment = byOrder.get(order._id);
      if (!payment) return [fault('order has its payment', order._id, `is ${order.status} and payment has not heard of it`)];
      return isOfGateway(payment) ? faultsOfMoney(order, payment, byPayment.get(payment._id) ?? []) : [];
    });
};

const gatewayMovementsAreOurs: Check = ({ payments, gateway }) => {
  const known = new Set(payments.map(({ _id }) => _id));
  return gateway
    .filter(({ reference }) => !known.has(reference))
    .map(({ id, reference }) => fault('gateway knows our payments only', id, `is for ${reference}`));
};

const paidStatusIsTrue: Check = ({ orders, payments }) => {
  const byOrder = new Map(payments.map((payment) => [payment.orderId, payment]));
  return orders.flatMap(({ _id, paymentStatus, paymentMethod }) => {
    const { capturedAmount = 0, refundedAmount = 0 } = byOrder.get(_id) ?? {};
    if (paymentMethod !== 'sandbox') return [];
    const told = {
      paid: capturedAmount > 0 && refundedAmount === 0,
      refunded: capturedAmount > 0 && refundedAmount === capturedAmount,
    };
    const isTrue = paymentStatus === 'paid' ? told.paid : paymentStatus === 'refunded' ? told.refunded : capturedAmount === 0;
    return isTrue
      ? []
      : [fault('payment status is true', _id, `${paymentStatus}: captured ${capturedAmount}, refunded ${refundedAmount}`)];
  });
};

const ledgerSumsToZero: Check = ({ ledger }) => {
  const books = groupBy(ledger, ({ companyId, currency }) => `${companyId} ${currency}`);
  return [...books].flatMap(([book, entries]) => {
    const sum = sumOf(entries, ({ lines }) => sumOf(lines, ({ amount }) => amount));
    return sum === 0 ? [] : [fault('ledger sums to zero', book, `sums to ${sum}`)];
  });
};

/** Each capture and each refund is booked once, for as much as the payment says. */
const ledgerEqualsPayments: Check = ({ ledger, payments }) => {
  const byPayment = groupBy(ledger, ({ paymentId }) => paymentId);
  return payments.flatMap(({ _id, capturedAmount, refundedAmount }) => {
    const booked = (cause: string) =>
      sumOf(
        (byPayment.get(_id) ?? []).filter((entry) => entry.cause === cause),
        ({ lines }) => sumOf(lines, ({ amount }) => Math.max(0, amount)),
      );
    const isEqual = booked('capture') === capturedAmount && booked('refund') === refundedAmount;
    const says = `booked ${booked('capture')} and ${booked('refund')}, payment ${capturedAmount} and ${refundedAmount}`;
    return isEqual ? [] : [fault('ledger equals payments', _id, says)];
  });
};

export const moneyChecks: Check[] = [
  onePaymentPerOrder,
  paymentsHaveOrders,
  gatewayEqualsOrders,
  gatewayMovementsAreOurs,
  paidStatusIsTrue,
  ledgerSumsToZero,
  ledgerEqualsPayments,
];
