import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@souk/service-kit';
import { defineResource } from '@souk/service-kit';
import { config } from '../config.ts';
import type { ReadDatabase } from './search.entries.ts';
import { readAllEntries, readEntries } from './search.entries.ts';
import { CatalogueFeed } from './search.feed.ts';
import type { ProductSearch, SearchQuery, SearchResult, Suggestion, SuggestQuery } from './search.index.ts';
import { SearchThread } from './search.thread.ts';

/** Between tries to build, and before a new thread takes the place of a dead one. */
const PAUSE_MS = 1_000;

interface Parts {
  database: ReadDatabase;
  log: Logger;
  pollMs: number;
  now(): Date;
}

/** This replica's index: built from the database at start, told of changes at once, and never further behind than a poll. */
class LiveSearch implements ProductSearch {
  readonly #parts: Parts;
  #thread: SearchThread;
  #feed: CatalogueFeed;
  #built: Promise<void>;
  #isBuilt = false;
  #waiting = new Set<string>();
  #refreshing: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#thread = this.#newThread();
    this.#feed = new CatalogueFeed(parts.database, parts.now());
    this.#built = this.#buildUntilDone();
    this.#plan();
  }

  async search(query: SearchQuery): Promise<SearchResult> {
    await this.#built;
    return (await this.#thread.ask({ kind: 'search', query })) as SearchResult;
  }

  async suggest(query: SuggestQuery): Promise<Suggestion[]> {
    await this.#built;
    return (await this.#thread.ask({ kind: 'suggest', query })) as Suggestion[];
  }

  /**
   * One read at a time, so that an older one can never be put after a newer one. What cannot be read now is left to the next poll, and
   * nobody who writes waits for an index that is still being built.
   */
  async refresh(productIds: readonly string[]): Promise<void> {
    for (const id of productIds) this.#waiting.add(id);
    this.#refreshing ??= this.#refreshWaiting().finally(() => {
      this.#refreshing = undefined;
    });
    if (this.#isBuilt) await this.#refreshing;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await Promise.allSettled([this.#built, this.#refreshing]);
    await this.#thread.close();
  }

  async #refreshWaiting(): Promise<void> {
    await this.#built;
    while (this.#waiting.size > 0 && !this.#isClosed) {
      const ids = [...this.#waiting];
      this.#waiting.clear();
      try {
        const entries = await readEntries(this.#parts.database, ids);
        const found = new Set(entries.map(({ id }) => id));
        await this.#thread.ask({ kind: 'put', entries });
        await this.#thread.ask({ kind: 'remove', ids: ids.filter((id) => !found.has(id)) });
      } catch (error) {
        this.#parts.log.warn({ err: error }, 'the search index could not take changes yet');
        for (const id of ids) this.#waiting.add(id);
        return;
      }
    }
  }

  async #build(): Promise<void> {
    await this.#feed.start();
    for await (const entries of readAllEntries(this.#parts.database)) {
      if (this.#isClosed) return;
      await this.#thread.ask({ kind: 'put', entries });
    }
  }

  async #buildUntilDone(): Promise<void> {
    while (!this.#isClosed) {
      try {
        await this.#build();
        this.#isBuilt = true;
        return;
      } catch (error) {
        this.#parts.log.warn({ err: error }, 'the search index could not be built yet');
        await sleep(PAUSE_MS);
      }
    }
  }

  #newThread(): SearchThread {
    return new SearchThread((error) => {
      this.#parts.log.error({ err: error }, 'the search thread died and its index is built again');
      this.#isBuilt = false;
      this.#built = sleep(PAUSE_MS).then(() => {
        this.#thread = this.#newThread();
        this.#feed = new CatalogueFeed(this.#parts.database, this.#parts.now());
        return this.#buildUntilDone();
      });
    });
  }

  #plan(): void {
    this.#timer = setTimeout(() => {
      void this.#poll()
        .catch((error) => this.#parts.log.warn({ err: error }, 'the search index could not look for changes'))
        .finally(() => {
          if (!this.#isClosed) this.#plan();
        });
    }, this.#parts.pollMs).unref();
  }

  async #poll(): Promise<void> {
    await this.#built;
    await this.refresh(await this.#feed.changed(this.#parts.now()));
  }
}

/** The catalogue's search of this replica. */
export const productSearch = defineResource<ProductSearch & { close(): Promise<void> }>({
  name: 'product-search',
  start: (runtime) =>
    new LiveSearch({
      database: runtime.database,
      log: runtime.log,
      pollMs: config.of(runtime).SEARCH_POLL_MS,
      now: () => runtime.now(),
    }),
  stop: (search) => search.close(),
});
