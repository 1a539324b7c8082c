import type { Second, Taken } from './window.rules.ts';
import { takeOne, WINDOW_SECONDS } from './window.rules.ts';

const MOST_KEYS = 100_000;
/** What keys share that come when there are as many as are told apart. */
const SHARED = 'all others';

/** Budgets that this process counts by itself. */
export class ReplicaBudgets {
  readonly #windows = new Map<string, Second[]>();
  readonly #most: number;
  #sweptAtSecond = 0;

  /** `most` keys are told apart; the rest share one budget, so that a flood of keys neither fills the memory nor goes uncounted. */
  constructor(most = MOST_KEYS) {
    this.#most = most;
  }

  get size(): number {
    return this.#windows.size;
  }

  take(key: string, at: { nowMs: number; limit: number }): Taken {
    this.#sweep(Math.floor(at.nowMs / 1_000));
    return takeOne(this.#windowOf(key), at);
  }

  #windowOf(key: string): Second[] {
    const known = this.#windows.get(key);
    if (known) return known;
    if (this.#windows.size >= this.#most && key !== SHARED) return this.#windowOf(SHARED);
    const window: Second[] = [];
    this.#windows.set(key, window);
    return window;
  }

  /** Drops keys that have asked for nothing for a minute, once a second. */
  #sweep(second: number): void {
    if (second === this.#sweptAtSecond) return;
    this.#sweptAtSecond = second;
    for (const [key, window] of this.#windows)
      if ((window.at(-1)?.second ?? 0) < second - WINDOW_SECONDS) this.#windows.delete(key);
  }
}
