import { isDeepStrictEqual } from 'node:util';
import type { BatchEntry, Filter, Outcome, Tx } from '@souk/service-kit';
import { BatchConflict, changesBetween, DomainError, defineBatch, newId, notFound } from '@souk/service-kit';
import { ledger } from '../ledger/ledger.store.ts';
import type { OrderNews } from './order.rules.ts';
import { newPayment } from './order.rules.ts';
import type { Change, LedgerEntry, Moment, Payment } from './payment.rules.ts';
import { payments } from './payment.store.ts';
import { nextCheckAt } from './step.rules.ts';

/** A rule for one payment: of an id, or of an order that may not have been heard of. */
export interface PaymentRequest {
  of: { paymentId: string } | { order: OrderNews };
  decide(payment: Payment, at: Moment): Change;
  at: Moment;
}

type Entry = BatchEntry<PaymentRequest>;

/**
 * Every write to a payment goes through here, with the facts and ledger entries that follow: the buyer's request, the gateway's webhook
 * and the order's event often come at the same time, and each decides on what the one before has left. A refused one leaves no trace.
 */
export const changePayments = defineBatch<PaymentRequest, Payment>('payments', async (entries, tx) => {
  const book = await openBook(entries, tx);
  const outcomes = entries.map((entry) => decideOne(book, entry));
  await tx.in(ledger).insertMany(book.ledger);
  await tx.in(payments).insertMany([...book.now.values()].filter(({ _id }) => !book.before.has(_id)));
  await writeChanged(book, tx);
  return outcomes;
});

interface Book {
  before: Map<string, Payment>;
  now: Map<string, Payment>;
  /** Ids of payments by their orders. */
  byOrder: Map<string, string>;
  ledger: LedgerEntry[];
}

async function openBook(entries: readonly Entry[], tx: Tx): Promise<Book> {
  const ids = entries.flatMap(({ request: { of } }) => ('paymentId' in of ? [of.paymentId] : []));
  const orderIds = entries.flatMap(({ request: { of } }) => ('order' in of ? [of.order.orderId] : []));
  const found = [
    ...(ids.length > 0 ? await tx.in(payments).find({ _id: { $in: [...new Set(ids)] } }) : []),
    ...(orderIds.length > 0 ? await tx.in(payments).find({ orderId: { $in: [...new Set(orderIds)] } }) : []),
  ];
  const before = new Map(found.map((payment) => [payment._id, payment]));
  const byOrder = new Map(found.map(({ orderId, _id }) => [orderId, _id]));
  return { before, now: new Map(before), byOrder, ledger: [] };
}

function decideOne(book: Book, { request: { of, decide, at }, publish }: Entry): Outcome<Payment> {
  try {
    const known = find(book, of);
    const from = known ?? ('order' in of ? newPayment(of.order, newId(), at.now) : undefined);
    if (!from) throw notFound();
    return { value: record(book, { known, change: decide(from, at), at }, publish) };
  } catch (error) {
    if (error instanceof DomainError) return { refused: error };
    throw error;
  }
}

function find(book: Book, of: PaymentRequest['of']): Payment | undefined {
  return book.now.get('paymentId' in of ? of.paymentId : (book.byOrder.get(of.order.orderId) ?? ''));
}

/** Notes what a decision brings. A look that changes nothing only moves the next one. */
function record(
  book: Book,
  { known, change, at }: { known: Payment | undefined; change: Change; at: Moment },
  publish: Tx['publish'],
): Payment {
  const isNews = known !== undefined && differences(known, change.payment).length > 0;
  const tried: Payment = { ...change.payment, tries: known && !isNews ? known.tries + 1 : 0 };
  const after: Payment = {
    ...tried,
    nextCheckAt: nextCheckAt(tried, at),
    ...(isNews && { version: known.version + 1, updatedAt: at.now }),
  };
  book.now.set(after._id, after);
  book.byOrder.set(after.orderId, after._id);
  book.ledger.push(...change.entries);
  const changes = changesBetween(known ? shown(known) : null, shown(after));
  const { _id: subject, version, companyId, traceparent } = after;
  for (const { contract, data } of change.facts) publish(contract, { subject, version, companyId, data, changes, traceparent });
  return after;
}

const shown = ({ status, revision, amount, capturedAmount, refundedAmount }: Payment) => ({
  status,
  revision,
  amount,
  capturedAmount,
  refundedAmount,
});

/** Writes what differs, guarded by the version that was read. */
async function writeChanged(book: Book, tx: Tx): Promise<void> {
  const writes = [...book.before.values()].flatMap((before) => {
    const differing = differences(before, book.now.get(before._id) ?? before);
    return differing.length === 0
      ? []
      : [{ updateOne: { filter: { _id: before._id, version: before.version }, update: updateOf(differing) } }];
  });
  const { modified } = await tx.in(payments).bulkWrite(writes);
  if (modified !== writes.length) throw new BatchConflict();
}

type Difference = [field: string, value: unknown];

/** Top-level fields that are not the same; one that is absent is the same as one that is undefined. */
function differences(before: Payment, after: Payment): Difference[] {
  const old: Record<string, unknown> = { ...before };
  return Object.entries(after).filter(([field, value]) => !isDeepStrictEqual(old[field], value));
}

function updateOf(differing: Difference[]): Filter {
  const set = Object.fromEntries(differing.filter(([, value]) => value !== undefined));
  const unset = Object.fromEntries(differing.filter(([, value]) => value === undefined).map(([field]) => [field, '']));
  return {
    ...(Object.keys(set).length > 0 && { $set: set }),
    ...(Object.keys(unset).length > 0 && { $unset: unset }),
  };
}
