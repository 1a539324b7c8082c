import { productCreated, productDeleted, productUpdated } from '@souk/contracts';
import { eventLog, system } from '@souk/service-kit';
import { products } from '../product/product.store.ts';
import { stock } from '../stock/stock.store.ts';
import type { ReadDatabase } from './search.entries.ts';

const TYPES = [productCreated, productUpdated, productDeleted].map(({ type }) => type);
const MOST_AT_ONCE = 1_000;
/** Positions are taken before they are written, so one may appear after a higher one: this many are looked at again. */
const LOOK_BACK_POSITIONS = 500;
/** Likewise for the clock of whoever wrote a stock item, and for the time its commit took. */
const LOOK_BACK_MS = 5_000;

const following = system('the search index follows the catalogue');

/** Says which products changed since it was last asked: what keeps an index right when nobody told it. */
export class CatalogueFeed {
  readonly #database: ReadDatabase;
  #position = 0;
  #stockSince: Date;
  #seen = new Set<string>();

  constructor(database: ReadDatabase, now: Date) {
    this.#database = database;
    this.#stockSince = lookBack(now);
  }

  /** From here on. Called before the index is built, so that nothing falls between. */
  async start(): Promise<void> {
    const [last] = await this.#database
      .in(eventLog, following)
      .find({ position: { $gt: 0 } }, { sort: { position: -1 }, limit: 1, fields: ['position'] });
    this.#position = last?.position ?? 0;
  }

  /** Ids of products that were written, removed, or came into or out of stock. Some may have been named before. */
  async changed(now: Date): Promise<string[]> {
    const written = await this.#written();
    const skus = await this.#restocked(now);
    return [...new Set([...written, ...skus])];
  }

  async #written(): Promise<string[]> {
    const after = this.#position - LOOK_BACK_POSITIONS;
    const filter = { type: { $in: TYPES }, position: { $gt: after } };
    const events = await this.#database
      .in(eventLog, following)
      .find(filter, { sort: { position: 1 }, limit: MOST_AT_ONCE, fields: ['subject', 'position'] });
    const fresh = events.filter(({ _id }) => !this.#seen.has(_id));
    this.#seen = new Set(events.map(({ _id }) => _id));
    this.#position = Math.max(this.#position, events.at(-1)?.position ?? 0);
    return fresh.map(({ subject }) => subject);
  }

  async #restocked(now: Date): Promise<string[]> {
    const filter = { flippedAt: { $gte: this.#stockSince } };
    const rows = await this.#database
      .in(stock, following)
      .find(filter, { sort: { flippedAt: 1 }, limit: MOST_AT_ONCE, fields: ['companyId', 'sku', 'flippedAt'] });
    const last = rows.at(-1);
    this.#stockSince = last && rows.length === MOST_AT_ONCE ? last.flippedAt : lookBack(now);
    if (rows.length === 0) return [];
    const found = await this.#database
      .in(products, following)
      .find(
        { companyId: { $in: rows.map(({ companyId }) => companyId) }, 'variants.sku': { $in: rows.map(({ sku }) => sku) } },
        { fields: ['_id'] },
      );
    return found.map(({ _id }) => _id);
  }
}

const lookBack = (now: Date): Date => new Date(now.getTime() - LOOK_BACK_MS);
