import type { BatchEntry, Context, Outcome, Store, Tx } from '@souk/service-kit';
import { BatchConflict, DomainError, defineBatch } from '@souk/service-kit';
import type { CreditLine, Hold, LineKey } from '../credit/credit.rules.ts';
import { lineId } from '../credit/credit.rules.ts';
import { creditLines, holds } from '../credit/credit.store.ts';
import type { Debt } from '../debt/debt.rules.ts';
import type { DebtPayment } from '../debt/debt.store.ts';
import { debtPayments, debts } from '../debt/debt.store.ts';
import type { Shelf } from './shelf.ts';
import { openShelf } from './shelf.ts';

/** What a decision reads. Whatever it changes must be among it, or new. */
export interface Needs {
  lines?: LineKey[];
  /** Brings the hold and the debt of each. */
  orderIds?: string[];
  debtIds?: string[];
  /** Brings what the customers of the lines have overdue. */
  overdue?: boolean;
}

/** Everything about the credit of some customers, open at one place. */
export interface Page {
  lines: Shelf<CreditLine>;
  holds: Shelf<Hold>;
  debts: Shelf<Debt>;
  payments: DebtPayment[];
  publish: BatchEntry<unknown>['publish'];
}

/** One decision. It checks first and throws its refusal before it changes anything, for a refused one must leave no trace. */
export interface Entry<Result> {
  needs: Needs;
  decide(page: Page): Result;
}

/**
 * Every write to credit lines, holds and debts goes through here, so that a line is always the sum of what is held and owed on it: all
 * that arrive together are decided in one transaction, each on what the one before it has left.
 */
const book = defineBatch<Entry<unknown>, unknown>('book', async (entries, tx) => {
  const open = await openBook(
    entries.map(({ request }) => request.needs),
    tx,
  );
  const outcomes = entries.map(({ request, publish }) => decideOne({ ...open, publish }, request));
  await write(tx, creditLines, open.lines);
  await write(tx, holds, open.holds);
  await write(tx, debts, open.debts);
  await tx.in(debtPayments).insertMany(open.payments);
  return outcomes;
});

/** Writes a decision into the book and gives its result after the commit. */
export const enter = async <Result>(ctx: Context, entry: Entry<Result>): Promise<Result> =>
  (await ctx.batch(book, entry)) as Result;

async function openBook(needs: readonly Needs[], tx: Tx): Promise<Omit<Page, 'publish'>> {
  const lines = needs.flatMap((each) => each.lines ?? []);
  const orderIds = [...new Set(needs.flatMap((each) => each.orderIds ?? []))];
  const debtIds = [...new Set(needs.flatMap((each) => each.debtIds ?? []))];
  const debtors = needs.flatMap((each) => (each.overdue ? (each.lines ?? []) : []));
  const companyId = debtors.map((each) => each.companyId);
  const debtorId = debtors.map((each) => each.customerId);
  const foundDebts = [
    ...(await find(tx, debts, { _id: debtIds })),
    ...(await find(tx, debts, { orderId: orderIds })),
    ...(await find(tx, debts, { companyId, debtorId, status: ['overdue'] })),
  ];
  return {
    lines: openShelf(await find(tx, creditLines, { _id: lines.map(lineId) })),
    holds: openShelf(await find(tx, holds, { _id: orderIds })),
    debts: openShelf(foundDebts),
    payments: [],
  };
}

/** Documents whose fields are among the given values; none are asked for when there are no values. */
async function find<Doc extends object>(tx: Tx, store: Store<Doc>, among: Record<string, string[]>): Promise<Doc[]> {
  const fields = Object.entries(among);
  if (fields.some(([, values]) => values.length === 0)) return [];
  return tx.in(store).find(Object.fromEntries(fields.map(([name, values]) => [name, { $in: [...new Set(values)] }])));
}

function decideOne(page: Page, entry: Entry<unknown>): Outcome<unknown> {
  try {
    return { value: entry.decide(page) };
  } catch (error) {
    if (error instanceof DomainError) return { refused: error };
    throw error;
  }
}

async function write<Doc extends { _id: string; version: number }>(tx: Tx, store: Store<Doc>, shelf: Shelf<Doc>): Promise<void> {
  const writes = shelf.writes();
  const { modified, inserted } = await tx.in(store).bulkWrite(writes);
  if (modified + inserted !== writes.length) throw new BatchConflict();
}
