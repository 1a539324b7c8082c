import type { BatchEntry, DomainError, Outcome, Tx } from '@souk/service-kit';
import { defineBatch, newId, notFound, preconditionFailed } from '@souk/service-kit';
import { notEnoughOnHand, stockExists, unknownWarehouse } from '../errors.ts';
import { holds } from '../hold/hold.store.ts';
import { readBook } from './book.reading.ts';
import { StockBook } from './book.rules.ts';
import { writeBook } from './book.writing.ts';
import { breakHolds, closeBook, overpromised } from './close.rules.ts';
import type { StockDecision } from './decide.rules.ts';
import { decide } from './decide.rules.ts';
import type { GoodsDecision, Refusal } from './goods.rules.ts';
import type { StockRequest } from './model.rules.ts';

export type StockAnswer = Exclude<StockDecision, { refused: Refusal }>;

const REFUSALS: Record<Refusal, () => DomainError> = {
  not_found: notFound,
  stale: preconditionFailed,
  stock_exists: stockExists,
  unknown_warehouse: unknownWarehouse,
  not_enough_on_hand: notEnoughOnHand,
};

/**
 * The one writer of stock figures, holds and movements: whatever arrives while a transaction is in flight is decided in the next one,
 * first come first served, on one read of each collection.
 */
export const stockBatch = defineBatch<StockRequest, StockAnswer>('stock', async (entries, tx) => {
  const requests = entries.map(({ request }) => request);
  const book = new StockBook({ newId, ...(await readBook(tx, requests)) });
  const decisions = requests.map((request, by) => decide(book, request, by));
  for (const item of overpromised(book)) breakHolds(book, item, await holdersOf(tx, book, item._id));
  const changed = closeBook(book);
  publishFacts(book, entries);
  await writeBook(tx, book, changed);
  return decisions.map(outcomeOf);
});

function outcomeOf(decision: StockDecision): Outcome<StockAnswer> {
  return 'refused' in decision
    ? { refused: REFUSALS[(decision as Extract<GoodsDecision, { refused: Refusal }>).refused]() }
    : { value: decision };
}

/** All orders that hold pieces of an item: as the book has them, where it has. */
async function holdersOf(tx: Tx, book: StockBook, stockId: string) {
  const stored = await tx.in(holds).find({ open: stockId }, { sort: { _id: -1 } });
  for (const hold of stored) if (!book.holds.has(hold._id)) book.holds.set(hold._id, hold);
  return [...book.holds.values()].filter((hold) => hold.lines.some((line) => line.stockId === stockId));
}

function publishFacts(book: StockBook, entries: readonly BatchEntry<StockRequest>[]): void {
  for (const { contract, by, subject, version, companyId, data } of book.facts)
    entries[by]?.publish(contract, { subject, version, companyId, data });
}
