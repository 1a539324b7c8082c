/** Where time comes from. Business code asks `ctx.now()`, so that a test can move it. */
export interface Clock {
  now(): Date;
}

export interface MovableClock extends Clock {
  /** Moves the clock forward by `ms` milliseconds, for good. */
  advance(ms: number): void;
}

export const systemClock: Clock = { now: () => new Date() };

/** A clock that runs with the system's and can be moved ahead of it: tests and, with SOUK_TEST_CLOCK, whole systems use it. */
export function movableClock(): MovableClock {
  let offsetMs = 0;
  return {
    now: () => new Date(Date.now() + offsetMs),
    advance: (ms) => {
      offsetMs += ms;
    },
  };
}
