import { setTimeout as sleep } from 'node:timers/promises';
import type { Api } from '../../scripts/demo/api.ts';
import type { DemoProduct } from '../../scripts/demo/catalogue.ts';
import type { Chance } from '../faults/chance.ts';

/** How long after a change was acknowledged an old price may still be answered. */
export const MOST_AGE_MS = 1_000;
/** Readers are people: they load the machine, and do not take all of it. */
const READ_PAUSE_MS = 10;
const CHANGE_PAUSE_MS = 300;
/** What is read after the last change must be able to be too old. */
const AFTER_MS = 2 * MOST_AGE_MS;

export interface PriceWatch {
  api: Api;
  /** Of who may change the price. */
  token: string;
  product: DemoProduct;
  changes: number;
  readers: number;
  chance: Chance;
}

export interface Seen {
  /** How many reads were answered. */
  reads: number;
  /** Of every answer with an old price: how long before its request was sent the next price had been acknowledged. */
  agesMs: number[];
  /** Whether every reader was shown the last price in the end. */
  isLastSeen: boolean;
}

/** Anonymous readers read one product again and again while its price grows, change by change. Throws for a price that there never was. */
export async function watchPrices({ api, token, product, changes, readers, chance }: PriceWatch): Promise<Seen> {
  const path = `/products/${product.productId}`;
  const [variant] = (await api.ask('GET', path)).variants;
  const { currency: _currency, ...input } = variant;
  const first: number = input.price;
  /** When the change to each price was acknowledged; the place of a price is how far it is above the first. */
  const acknowledgedMs = [performance.now()];
  const seen: Seen = { reads: 0, agesMs: [], isLastSeen: true };
  let isOver = false;
  const read = async (): Promise<void> => {
    let shown = 0;
    for (; !isOver; await sleep(READ_PAUSE_MS)) {
      const sentMs = performance.now();
      shown = (await api.ask('GET', path)).variants[0].price - first;
      if (!Number.isInteger(shown) || shown < 0 || shown > changes) throw new Error(`a price that there never was: ${shown}`);
      const ageMs = sentMs - (acknowledgedMs[shown + 1] ?? Number.POSITIVE_INFINITY);
      seen.reads += 1;
      if (ageMs > 0) seen.agesMs.push(ageMs);
    }
    seen.isLastSeen &&= shown === changes;
  };
  const change = async (): Promise<void> => {
    for (let count = 1; count <= changes; count += 1) {
      await api.ask('PATCH', path, { token, body: { variants: [{ ...input, price: first + count }] } });
      acknowledgedMs.push(performance.now());
      await sleep(chance() * CHANGE_PAUSE_MS);
    }
    await sleep(AFTER_MS);
  };
  const reading = Promise.all(Array.from({ length: readers }, read));
  await Promise.race([change(), reading]).finally(() => {
    isOver = true;
  });
  await reading;
  return seen;
}
