import type { Check, Fault, OrderDoc } from './snapshot.ts';
import { fault, groupBy, repeated } from './snapshot.ts';

/** What a client was told exists does, and is shown to it. */
const acknowledgedExist: Check = ({ acknowledged, orders, shown }) => {
  const stored = new Set(orders.map(({ _id }) => _id));
  const visible = new Set(shown.map(({ id }) => id));
  return acknowledged.flatMap(({ orderId }) => {
    if (!stored.has(orderId)) return [fault('acknowledged order exists', orderId, 'was answered 2xx and is not in the database')];
    return visible.has(orderId) ? [] : [fault('acknowledged order exists', orderId, 'is not shown by the API')];
  });
};

const allEnded: Check = ({ orders }) =>
  orders
    .filter(({ phase, status }) => phase !== 'done' || status === 'pending')
    .map(({ _id, status, phase }) => fault('order has ended', _id, `is stranded: ${status}, ${phase}`));

const shownAsStored: Check = ({ orders, shown }) => {
  const byId = new Map(shown.map((order) => [order.id, order]));
  return orders.flatMap(({ _id, status, paymentStatus }) => {
    const seen = byId.get(_id);
    if (!seen || (seen.status === status && seen.paymentStatus === paymentStatus)) return [];
    return [fault('API shows what is stored', _id, `${seen.status}/${seen.paymentStatus}, stored ${status}/${paymentStatus}`)];
  });
};

const quotesUsedOnce: Check = ({ orders }) =>
  repeated(
    orders.filter(({ quoteId }) => quoteId !== undefined),
    ({ quoteId = '' }) => quoteId,
  ).map((quoteId) => fault('quote used once', quoteId, 'has several orders'));

/** How often each fact of an order must be in the log, judged by where the order is. */
function factsDue({ status, confirmedAt }: OrderDoc): Record<string, number> {
  return {
    'order.created': 1,
    'order.confirmed': confirmedAt === undefined ? 0 : 1,
    'order.cancelled': status === 'cancelled' ? 1 : 0,
  };
}

const factsOfOrders: Check = ({ orders, logs }) => {
  const facts = groupBy(logs.sales ?? [], ({ type, subject }) => `${type} ${subject}`);
  return orders.flatMap((order): Fault[] =>
    Object.entries(factsDue(order)).flatMap(([type, due]) => {
      const found = facts.get(`${type} ${order._id}`)?.length ?? 0;
      return found === due ? [] : [fault('order has its facts', order._id, `${found} of ${type} in the log, ${due} due`)];
    }),
  );
};

const factsHaveOrders: Check = ({ orders, logs }) => {
  const known = new Set(orders.map(({ _id }) => _id));
  return (logs.sales ?? [])
    .filter(({ type, subject }) => type === 'order.created' && !known.has(subject))
    .map(({ subject }) => fault('fact has its order', subject, 'order.created is in the log without the order'));
};

/** Each confirmed order counts in analytics exactly once, and each of them that was cancelled as given back. */
const salesAreOrders: Check = ({ orders, sales }) =>
  sales.flatMap(({ companyId, ...told }) => {
    const confirmed = orders.filter((order) => order.companyId === companyId && order.confirmedAt !== undefined);
    const total = (some: OrderDoc[]) => some.reduce((sum, { pricing }) => sum + pricing.total, 0);
    const refunds = total(confirmed.filter(({ status }) => status === 'cancelled'));
    const due = { orders: confirmed.length, gross: total(confirmed), refunds };
    const isEqual = told.orders === due.orders && told.gross === due.gross && told.refunds === due.refunds;
    return isEqual ? [] : [fault('analytics equal orders', companyId, `${JSON.stringify(told)}, due ${JSON.stringify(due)}`)];
  });

export const orderChecks: Check[] = [
  acknowledgedExist,
  allEnded,
  shownAsStored,
  quotesUsedOnce,
  factsOfOrders,
  factsHaveOrders,
  salesAreOrders,
];
