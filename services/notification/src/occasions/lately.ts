const DAY_MS = 24 * 3600 * 1000;

/** What is older says nothing to a person any more; replays never do. */
export const lately = { maxAgeMs: DAY_MS };
