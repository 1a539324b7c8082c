import { createHash } from 'node:crypto';
import type { Figure } from '@souk/service-kit';
import { defineResource } from '@souk/service-kit';
import type { Answered, CatalogueChange, CatalogueRead } from './catalogue.rules.ts';
import { isKeepable, isTouched, MOST_AGE_MS } from './catalogue.rules.ts';

const MOST_ENTRIES = 2_000;
const MOST_BYTES = 32 * 1024 * 1024;
const MOST_ENTRY_BYTES = 1024 * 1024;
/** What an entry takes beside its body and its key. */
const ENTRY_BYTES = 1_024;

/** An answer that anybody may be given. */
export interface Kept {
  readonly contentType: string;
  readonly body: Buffer;
  /** Of the body itself: a version would not tell a price that changes by the hour. */
  readonly etag: string;
}

interface Entry extends Kept {
  readonly read: CatalogueRead;
  readonly askedAtMs: number;
  readonly bytes: number;
}

/** A question that the service has not answered yet. */
interface Flight {
  readonly read: CatalogueRead;
  readonly askedAtMs: number;
  /** Gives nothing when the answer is for nobody else, or comes too late for that. */
  readonly shared: Promise<Kept | undefined>;
  isOutdated: boolean;
}

/** How a read was answered: from memory, by another's question, by its own, or not at all, so that it has to be handed on. */
export type Found = { kind: 'hit' | 'shared'; kept: Kept } | { kind: 'miss'; answer: Answered | Kept } | { kind: 'alone' };

/** Answers of the catalogue, each until one second after the service was asked for it. */
export class CatalogueMemory {
  readonly counts: Record<Found['kind'], number> = { hit: 0, shared: 0, miss: 0, alone: 0 };
  readonly #entries = new Map<string, Entry>();
  readonly #flights = new Map<string, Flight>();
  readonly #nowMs: () => number;
  #bytes = 0;

  /** `nowMs` has to grow whatever the wall clock does. */
  constructor(nowMs: () => number = () => performance.now()) {
    this.#nowMs = nowMs;
  }

  get size(): { entries: number; bytes: number } {
    return { entries: this.#entries.size, bytes: this.#bytes };
  }

  /** Answers a read, by `ask` if need be. `ask` gives nothing for an answer too large to be held. Throws what it throws. */
  async find(read: CatalogueRead, ask: () => Promise<Answered | undefined>): Promise<Found> {
    const found = await this.#find(read, ask);
    this.counts[found.kind] += 1;
    return found;
  }

  /** Forgets what a change may have touched. What is being asked for now is not kept either: it may have been read before. */
  evict(change: CatalogueChange): void {
    for (const [key, entry] of this.#entries) if (isTouched(entry.read, change)) this.#forget(key, entry);
    for (const [key, flight] of this.#flights)
      if (isTouched(flight.read, change)) {
        flight.isOutdated = true;
        this.#flights.delete(key);
      }
  }

  async #find(read: CatalogueRead, ask: () => Promise<Answered | undefined>): Promise<Found> {
    const entry = this.#entries.get(read.key);
    if (entry && this.#isFresh(entry)) return { kind: 'hit', kept: entry };
    const flight = this.#flights.get(read.key);
    if (!flight || !this.#isFresh(flight)) return this.#begin(read, ask);
    const kept = await flight.shared;
    return kept && this.#isFresh(flight) && !flight.isOutdated ? { kind: 'shared', kept } : { kind: 'alone' };
  }

  async #begin(read: CatalogueRead, ask: () => Promise<Answered | undefined>): Promise<Found> {
    const askedAtMs = this.#nowMs();
    const answered = ask();
    const shared = beforeLong(answered.then((answer) => answer && keptOf(answer)));
    // Whoever waits with it is told of a failure; nobody may be waiting.
    shared.catch(() => undefined);
    const flight: Flight = { read, askedAtMs, shared, isOutdated: false };
    this.#flights.set(read.key, flight);
    try {
      const answer = await answered;
      const kept = answer && keptOf(answer);
      if (kept && !flight.isOutdated)
        this.#keep({ ...kept, read, askedAtMs, bytes: read.key.length + kept.body.length + ENTRY_BYTES });
      return answer ? { kind: 'miss', answer: kept ?? answer } : { kind: 'alone' };
    } finally {
      if (this.#flights.get(read.key) === flight) this.#flights.delete(read.key);
    }
  }

  #isFresh({ askedAtMs }: { askedAtMs: number }): boolean {
    return this.#nowMs() - askedAtMs < MOST_AGE_MS;
  }

  #keep(entry: Entry): void {
    const { key } = entry.read;
    const before = this.#entries.get(key);
    if (!this.#isFresh(entry) || (before && before.askedAtMs > entry.askedAtMs)) return;
    if (before) this.#forget(key, before);
    this.#entries.set(key, entry);
    this.#bytes += entry.bytes;
    // They stand in the sequence they were kept in, so the first are the oldest, or nearly.
    for (const [oldKey, old] of this.#entries) {
      if (this.#isFresh(old) && this.#entries.size <= MOST_ENTRIES && this.#bytes <= MOST_BYTES) break;
      this.#forget(oldKey, old);
    }
  }

  #forget(key: string, { bytes }: Entry): void {
    this.#entries.delete(key);
    this.#bytes -= bytes;
  }
}

function keptOf(answer: Answered): Kept | undefined {
  if (!isKeepable(answer) || answer.body.length > MOST_ENTRY_BYTES) return undefined;
  const etag = `"${createHash('sha256').update(answer.body).digest('base64url').slice(0, 27)}"`;
  return { contentType: String(answer.headers['content-type']), body: answer.body, etag };
}

/** What `promise` gives, or nothing once it would be too old for those who wait with somebody else. */
function beforeLong<Value>(promise: Promise<Value>): Promise<Value | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, MOST_AGE_MS, undefined);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

export const catalogueMemory = defineResource<CatalogueMemory>({ name: 'catalogue', start: () => new CatalogueMemory() });

/** How reads of the catalogue were answered since the start, for a scrape. */
export const catalogueFigure: Figure = {
  name: 'souk_catalogue_reads',
  help: 'Reads of the catalogue since the start: from memory (hit), by a question under way (shared), asked for (miss), handed on (alone)',
  label: 'outcome',
  read: async (ctx) => catalogueMemory.of(ctx).counts,
};
