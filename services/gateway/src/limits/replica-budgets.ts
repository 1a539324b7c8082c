import type { Second, Taken } from './window.rules.ts';
import { takeOne, WINDOW_SECONDS } from './window.rules.ts';

const MOST_KEYS = 100_000;
/** What keys of one limit share that come when there are as many as are told apart. */
const SHARED = 'all others';

type Windows = Map<string, Second[]>;

/** Budgets that this process counts by itself. */
export class ReplicaBudgets {
  readonly #limits = new Map<string, Windows>();
  readonly #most: number;
  #sweptAtSecond = 0;

  /**
   * `most` keys of each limit are told apart; the rest share one budget, so that a flood of keys neither fills the memory nor goes
   * uncounted, and takes nothing from those of other limits.
   */
  constructor(most = MOST_KEYS) {
    this.#most = most;
  }

  get size(): number {
    return [...this.#limits.values()].reduce((sum, windows) => sum + windows.size, 0);
  }

  take(name: string, key: string, at: { nowMs: number; limit: number }): Taken {
    this.#sweep(Math.floor(at.nowMs / 1_000));
    return takeOne(this.#windowOf(this.#windowsOf(name), key), at);
  }

  /** Whether a key has a budget to itself. */
  tellsApart(name: string, key: string): boolean {
    return this.#windowsOf(name).has(key);
  }

  #windowsOf(name: string): Windows {
    const windows = this.#limits.get(name) ?? new Map();
    this.#limits.set(name, windows);
    return windows;
  }

  #windowOf(windows: Windows, key: string): Second[] {
    const known = windows.get(key);
    if (known) return known;
    if (windows.size >= this.#most && key !== SHARED) return this.#windowOf(windows, SHARED);
    const window: Second[] = [];
    windows.set(key, window);
    return window;
  }

  /** Drops keys that have asked for nothing for a minute, once a second. */
  #sweep(second: number): void {
    if (second === this.#sweptAtSecond) return;
    this.#sweptAtSecond = second;
    for (const windows of this.#limits.values())
      for (const [key, window] of windows) if ((window.at(-1)?.second ?? 0) < second - WINDOW_SECONDS) windows.delete(key);
  }
}
