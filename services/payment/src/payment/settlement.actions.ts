import { isDeepStrictEqual } from 'node:util';
import type { Context, Filter, Tx } from '@souk/service-kit';
import { changesBetween, conflict, newId, notFound, system } from '@souk/service-kit';
import { termsOf } from '../gateways/registry.ts';
import { ledger } from '../ledger/ledger.store.ts';
import type { OrderNews } from './order.rules.ts';
import { newPayment } from './order.rules.ts';
import type { Change, Moment, Payment } from './payment.rules.ts';
import { payments } from './payment.store.ts';
import { nextCheckAt } from './step.rules.ts';

/** What the rules decide with, of now. */
export const momentOf = (ctx: Pick<Context, 'now'>): Moment => ({ now: ctx.now(), newId, terms: termsOf });

type Decide = (payment: Payment, at: Moment) => Change;

/**
 * Applies a rule to a payment as it is, in one transaction with the facts and ledger entries that follow. Whoever may see the payment
 * was settled before; the books are written for everybody alike. Throws notFound, and what `decide` throws.
 */
export function amend(ctx: Context, paymentId: string, decide: Decide): Promise<Payment> {
  return ctx.transaction(async (opened) => {
    const tx = opened.as(system('a payment is settled'));
    const before = await tx.in(payments).findOne({ _id: paymentId });
    if (!before) throw notFound();
    const at = momentOf(ctx);
    return record(tx, { before, change: decide(before, at), at });
  });
}

/** The same for the payment of an order that may not be known yet: then it begins with what this event says. */
export function amendOfOrder(ctx: Context, order: OrderNews, decide: Decide): Promise<Payment> {
  return ctx.transaction(async (opened) => {
    const tx = opened.as(system('an order was heard of'));
    const at = momentOf(ctx);
    const known = await tx.in(payments).findOne({ orderId: order.orderId });
    if (known) return record(tx, { before: known, change: decide(known, at), at });
    const change = decide(newPayment(order, newId(), at.now), at);
    const first: Payment = { ...change.payment, nextCheckAt: nextCheckAt(change.payment, at) };
    await tx.in(payments).insertOne(first);
    return publish(tx, { before: null, after: first, change });
  });
}

/** Writes what differs, guarded by the version that was read. A look that changes nothing only moves the next one. */
async function record(tx: Tx, { before, change, at }: { before: Payment; change: Change; at: Moment }): Promise<Payment> {
  const isNews = differences(before, change.payment).length > 0;
  const tried: Payment = { ...change.payment, tries: isNews ? 0 : before.tries + 1 };
  const after: Payment = {
    ...tried,
    nextCheckAt: nextCheckAt(tried, at),
    ...(isNews && { version: before.version + 1, updatedAt: at.now }),
  };
  const differing = differences(before, after);
  if (differing.length > 0) {
    const { matched } = await tx.in(payments).updateOne({ _id: before._id, version: before.version }, updateOf(differing));
    if (matched === 0) throw conflict();
  }
  return publish(tx, { before, after, change });
}

async function publish(
  tx: Tx,
  { before, after, change }: { before: Payment | null; after: Payment; change: Change },
): Promise<Payment> {
  await tx.in(ledger).insertMany(change.entries);
  const changes = changesBetween(before && shown(before), shown(after));
  for (const { contract, data } of change.facts) {
    tx.publish(contract, { subject: after._id, version: after.version, companyId: after.companyId, data, changes });
  }
  return after;
}

const shown = ({ status, revision, amount, capturedAmount, refundedAmount }: Payment) => ({
  status,
  revision,
  amount,
  capturedAmount,
  refundedAmount,
});

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
