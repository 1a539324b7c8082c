import type { BatchEntry, Outcome, Tx } from '@souk/service-kit';
import { BatchConflict, changesBetween, DomainError, defineBatch, notFound } from '@souk/service-kit';
import { externalIdUsed, quoteUsed } from './errors.ts';
import type { Order } from './order.model.ts';
import type { Decision, Fact } from './order.rules.ts';
import { orders } from './order.store.ts';

/** Makes orders that stand or fall together, or changes one by a pure decision. */
export type OrderRequest = { create: Decision[] } | { orderId: string; change(order: Order): Decision };

/** What the audit trail shows of a change: not the lines, which the facts carry, and nothing personal. */
const AUDITED = ['status', 'paymentStatus', 'revision', 'pricing', 'cancelReason'] as const;

/**
 * Every write to an order goes through here: all that arrive together are decided in one transaction. Decisions on one order see each
 * other's result; a refused one leaves no trace.
 */
export const changeOrders = defineBatch<OrderRequest, Order[]>('orders', async (entries, tx) => {
  const book = await openBook(entries, tx);
  const outcomes = entries.map((entry) => decideOne(book, entry));
  await tx.in(orders).insertMany([...book.made.values()]);
  await writeChanged(book, tx);
  return outcomes;
});

interface Book {
  before: Map<string, Order>;
  now: Map<string, Order>;
  made: Map<string, Order>;
  quoteIds: Set<string>;
  externalKeys: Set<string>;
}

type Entry = BatchEntry<OrderRequest>;

async function openBook(entries: readonly Entry[], tx: Tx): Promise<Book> {
  const ids = entries.flatMap(({ request }) => ('orderId' in request ? [request.orderId] : []));
  const created = entries.flatMap(({ request }) => ('create' in request ? request.create.map(({ order }) => order) : []));
  const known = ids.length > 0 ? await tx.in(orders).find({ _id: { $in: [...new Set(ids)] } }) : [];
  const before = new Map(known.map((order) => [order._id, order]));
  return {
    before,
    now: new Map(before),
    made: new Map(),
    quoteIds: await taken(
      tx,
      'quoteId',
      created.flatMap(({ quoteId }) => (quoteId ? [quoteId] : [])),
    ),
    externalKeys: await taken(
      tx,
      'externalKey',
      created.flatMap(({ externalKey }) => (externalKey ? [externalKey] : [])),
    ),
  };
}

async function taken(tx: Tx, field: 'quoteId' | 'externalKey', values: string[]): Promise<Set<string>> {
  if (values.length === 0) return new Set();
  const found = await tx.in(orders).find({ [field]: { $in: values } }, { fields: [field] });
  return new Set(found.flatMap((order) => (order[field] ? [order[field]] : [])));
}

function decideOne(book: Book, { request, publish }: Entry): Outcome<Order[]> {
  try {
    return 'create' in request ? { value: create(book, request.create, publish) } : { value: [change(book, request, publish)] };
  } catch (error) {
    if (error instanceof DomainError) return { refused: error };
    throw error;
  }
}

function create(book: Book, decisions: Decision[], publish: Entry['publish']): Order[] {
  for (const { order } of decisions) {
    if (order.quoteId && book.quoteIds.has(order.quoteId)) throw quoteUsed();
    if (order.externalKey && book.externalKeys.has(order.externalKey))
      throw externalIdUsed(`${order.externalId} was imported already`);
  }
  return decisions.map(({ order, facts }) => {
    if (order.quoteId) book.quoteIds.add(order.quoteId);
    if (order.externalKey) book.externalKeys.add(order.externalKey);
    book.made.set(order._id, order);
    tell(facts, { before: null, after: order }, publish);
    return order;
  });
}

function change(book: Book, request: { orderId: string; change(order: Order): Decision }, publish: Entry['publish']): Order {
  const order = book.now.get(request.orderId);
  if (!order) throw notFound();
  const decision = request.change(order);
  if (decision.order === order) return order;
  const after = { ...decision.order, version: order.version + 1 };
  book.now.set(order._id, after);
  tell(decision.facts, { before: order, after }, publish);
  return after;
}

function tell(facts: Fact[], { before, after }: { before: Order | null; after: Order }, publish: Entry['publish']): void {
  const audited = (order: Order) => Object.fromEntries(AUDITED.map((field) => [field, order[field]]));
  const changes = changesBetween(before && audited(before), audited(after));
  const { _id: subject, version, companyId, traceparent } = after;
  for (const { contract, data } of facts) publish(contract, { subject, version, companyId, data, changes, traceparent });
}

async function writeChanged(book: Book, tx: Tx): Promise<void> {
  const writes = [...book.now.values()].flatMap((after) => {
    const before = book.before.get(after._id);
    if (!before || before.version === after.version) return [];
    return [{ updateOne: { filter: { _id: after._id, version: before.version }, update: difference(before, after) } }];
  });
  const { modified } = await tx.in(orders).bulkWrite(writes);
  if (modified !== writes.length) throw new BatchConflict();
}

/** Only the fields that a decision made anew: decisions never change an order in place. */
function difference(before: Order, after: Order): Record<string, unknown> {
  const set: Record<string, unknown> = {};
  const unset: Record<string, ''> = {};
  const old = new Map<string, unknown>(Object.entries(before));
  for (const [field, value] of Object.entries(after)) if (old.get(field) !== value) set[field] = value;
  for (const field of old.keys()) if (!(field in after)) unset[field] = '';
  return { $set: set, ...(Object.keys(unset).length > 0 && { $unset: unset }) };
}
