import { randomUUID } from 'node:crypto';
import type { OrderDoc, PaymentDoc, Snapshot } from './snapshot.ts';

/** A fault put into a snapshot of a sound platform, and the rule that must name it. */
export interface Plant {
  what: string;
  rule: string;
  into(snapshot: Snapshot): void;
}

function first<Item>(items: readonly Item[], holds: (item: Item) => boolean): Item {
  const found = items.find(holds);
  if (found === undefined) throw new Error(`the run has nothing to plant this into: ${holds}`);
  return found;
}

function drop<Item>(items: Item[], holds: (item: Item) => boolean): void {
  items.splice(items.indexOf(first(items, holds)), 1);
}

const isPaid = ({ status }: OrderDoc): boolean => status === 'confirmed';
const paid = ({ orders }: Snapshot): OrderDoc => first(orders, isPaid);
const paymentOf = ({ payments }: Snapshot, order: OrderDoc): PaymentDoc =>
  first(payments, ({ orderId }) => orderId === order._id);
const unpaid = (snapshot: Snapshot): OrderDoc =>
  first(snapshot.orders, (order) => order.status === 'cancelled' && paymentOf(snapshot, order).capturedAmount === 0);

const ofOrders: Plant[] = [
  {
    what: 'an order that was answered and is gone',
    rule: 'acknowledged order exists',
    into: ({ orders, acknowledged }) => drop(orders, ({ _id }) => acknowledged.some(({ orderId }) => orderId === _id)),
  },
  {
    what: 'an order without its event',
    rule: 'order has its facts',
    into: ({ logs }) => drop(logs.sales ?? [], ({ type }) => type === 'order.created'),
  },
  {
    what: 'an event without its order',
    rule: 'fact has its order',
    into: ({ logs }) => {
      first(logs.sales ?? [], ({ type }) => type === 'order.created').subject = randomUUID();
    },
  },
  {
    what: 'an order stranded pending',
    rule: 'order has ended',
    into: (snapshot) => Object.assign(paid(snapshot), { status: 'pending', phase: 'paying' }),
  },
  {
    what: 'two orders from one quote',
    rule: 'quote used once',
    into: (snapshot) => {
      const { quoteId = '' } = paid(snapshot);
      first(snapshot.orders, (order) => order.quoteId !== quoteId).quoteId = quoteId;
    },
  },
  {
    what: 'an order counted twice by analytics',
    rule: 'analytics equal orders',
    into: ({ sales }) => {
      first(sales, ({ orders }) => orders > 0).orders += 1;
    },
  },
];

const ofStock: Plant[] = [
  {
    what: 'a hold without an order',
    rule: 'hold has its order',
    into: ({ holds }) => {
      first(holds, () => true)._id = randomUUID();
    },
  },
  {
    what: 'a paid order without its hold',
    rule: 'order has its hold',
    into: (snapshot) => drop(snapshot.holds, ({ _id }) => _id === paid(snapshot)._id),
  },
  {
    what: 'a cancelled order that still holds goods',
    rule: 'ended order holds nothing',
    into: (snapshot) => {
      const ended = new Set(snapshot.orders.filter(({ status }) => status === 'cancelled').map(({ _id }) => _id));
      first(snapshot.holds, ({ _id, state }) => ended.has(_id) && state === 'released').state = 'reserved';
    },
  },
  {
    what: 'negative stock',
    rule: 'stock is never negative',
    into: ({ stock }) =>
      Object.assign(
        first(stock, () => true),
        { onHand: -1, available: -1 },
      ),
  },
  {
    what: 'a movement that is missing',
    rule: 'onHand equals movements',
    into: ({ movements }) => drop(movements, ({ delta }) => delta !== 0),
  },
  {
    what: 'a reservation that no hold accounts for',
    rule: 'reserved equals open holds',
    into: ({ stock }) => {
      const item = first(stock, ({ available }) => available > 0);
      Object.assign(item, { reserved: item.reserved + 1, available: item.available - 1 });
    },
  },
  {
    what: 'a piece sold twice',
    rule: 'nothing is sold twice',
    into: (snapshot) => {
      const order = paid(snapshot);
      order.lines = order.lines.map((line) => ({ ...line, quantity: line.quantity + 100_000_000 }));
    },
  },
];

const ofMoney: Plant[] = [
  {
    what: 'a capture made twice',
    rule: 'one capture per paid order',
    into: (snapshot) => {
      const reference = paymentOf(snapshot, paid(snapshot))._id;
      const capture = first(snapshot.gateway, (moved) => moved.reference === reference);
      snapshot.gateway.push({ ...capture, id: randomUUID() });
    },
  },
  {
    what: 'a capture for an order that was never paid',
    rule: 'money kept is money due',
    into: (snapshot) => {
      const reference = paymentOf(snapshot, unpaid(snapshot))._id;
      snapshot.gateway.push({
        id: randomUUID(),
        type: 'capture',
        createdAt: new Date().toISOString(),
        reference,
        amount: 100,
        currency: 'USD',
      });
    },
  },
  {
    what: 'a refund that was never made',
    rule: 'money kept is money due',
    into: ({ gateway }) => drop(gateway, ({ type }) => type === 'refund'),
  },
  {
    what: 'a ledger out of balance',
    rule: 'ledger sums to zero',
    into: ({ ledger }) => {
      first(ledger, () => true).lines.pop();
    },
  },
  {
    what: 'a capture that was not booked',
    rule: 'ledger equals payments',
    into: ({ ledger }) => drop(ledger, ({ cause }) => cause === 'capture'),
  },
];

const ofDelivery: Plant[] = [
  {
    what: 'a fact that inventory never applied',
    rule: 'fact is applied',
    into: ({ seen }) => drop(seen.inventory ?? [], () => true),
  },
  {
    what: 'a fact that analytics applied twice',
    rule: 'fact is applied once',
    into: ({ seen }) => {
      const marks = seen.analytics ?? [];
      marks.push({ ...first(marks, () => true) });
    },
  },
  {
    what: 'a fact that nobody logged',
    rule: 'applied fact was logged',
    into: ({ seen }) => {
      first(seen.payment ?? [], () => true)._id = randomUUID();
    },
  },
  {
    what: 'a fact that was never published',
    rule: 'fact is published',
    into: ({ logs }) => {
      first(logs.payment ?? [], () => true).unsent = true;
    },
  },
  {
    what: 'a fact set aside as a dead letter',
    rule: 'no dead letter',
    into: ({ deadLetters }) => {
      deadLetters.push({ _id: randomUUID(), reason: 'planted' });
    },
  },
  {
    what: 'a mail sent twice',
    rule: 'people are told once',
    into: ({ notifications }) => {
      notifications.push({ ...first(notifications, () => true), _id: randomUUID() });
    },
  },
  {
    what: 'a message that a room never got',
    rule: 'offsets have no gap',
    into: ({ messages }) =>
      drop(messages, ({ room, offset }) => offset > 1 && messages.some((other) => other.room === room && other.offset > offset)),
  },
];

const ofAudit: Plant[] = [
  {
    what: 'an audit entry that was dropped',
    rule: 'fact has its audit entry',
    into: ({ entries }) => drop(entries, ({ type }) => type === 'order.created'),
  },
  {
    what: 'the newest audit entry cut off',
    rule: 'audit chain is whole',
    into: ({ entries, heads }) => drop(entries, ({ hash }) => heads.some((head) => head.hash === hash)),
  },
  {
    what: 'an audit entry that was rewritten',
    rule: 'audit chain is whole',
    into: ({ entries }) => {
      first(entries, ({ type }) => type === 'order.created').type = 'order.completed';
    },
  },
];

const ofTenants: Plant[] = [
  {
    what: "a line of another company's goods",
    rule: 'no tenant is crossed',
    into: (snapshot) => {
      const order = paid(snapshot);
      const foreign = first(snapshot.products, ({ companyId }) => companyId !== order.companyId);
      order.lines = order.lines.map((line) => ({ ...line, productId: foreign._id }));
    },
  },
  {
    what: 'a payment booked for another company',
    rule: 'no tenant is crossed',
    into: (snapshot) => {
      const payment = paymentOf(snapshot, paid(snapshot));
      payment.companyId = first(snapshot.shops, ({ companyId }) => companyId !== payment.companyId).companyId;
    },
  },
];

/** The faults that the oracle is tried with: it must name the rule of each. Some of its rules have no fault here. */
export const PLANTS: readonly Plant[] = [...ofOrders, ...ofStock, ...ofMoney, ...ofDelivery, ...ofAudit, ...ofTenants];
