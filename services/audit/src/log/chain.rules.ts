/** The chain of what belongs to no company. */
export const PLATFORM = 'platform';
/** What the first entry of a chain points back to. */
export const GENESIS = '0'.repeat(64);

/** A place in a chain: its newest entry's number and hash. */
export interface Place {
  seq: number;
  hash: string;
}
export const START: Place = { seq: 0, hash: GENESIS };

export interface Linked extends Place {
  _id: string;
  prevHash: string;
}

export type Fault = 'changed' | 'missing' | 'inserted' | 'unlinked';

/** Where a chain first is not as it was written. `seq` is the place of the fault. */
export interface Break {
  seq: number;
  entryId?: string;
  fault: Fault;
}

/**
 * JSON with sorted keys and without what is undefined, so that one value has one text, whatever sequence its keys came in. Dates are
 * their ISO text (RFC 8785 without its number rules: numbers here are JavaScript's own on both sides).
 */
export function canonicalJson(value: unknown): string {
  if (value instanceof Date) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value ?? null);
  const fields = Object.entries(value)
    .filter(([, inner]) => inner !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([key, inner]) => `${JSON.stringify(key)}:${canonicalJson(inner)}`).join(',')}}`;
}

/** What the hash of an entry is made over: all of it, the hash before it included, its own excluded. */
export function hashedText(entry: object): string {
  return canonicalJson({ ...entry, hash: undefined });
}

/** What is wrong with `entry` as the one after `last`; undefined when it is in its place and as it was written. */
export function findBreak(last: Place, entry: Linked, digest: (text: string) => string): Break | undefined {
  const expected = last.seq + 1;
  const about = { seq: expected, entryId: entry._id };
  if (entry.seq > expected) return { seq: expected, fault: 'missing' };
  if (entry.seq < expected) return { ...about, seq: entry.seq, fault: 'inserted' };
  if (entry.hash !== digest(hashedText(entry))) return { ...about, fault: 'changed' };
  return entry.prevHash === last.hash ? undefined : { ...about, fault: 'unlinked' };
}

/**
 * What is wrong with the end of a chain that was read up to `last`: it must reach where the head stood before the reading (`before`),
 * pass through it (`passed` is the hash read there), and not go beyond where the head stands now.
 */
export function findTailBreak(last: Place, heads: { before: Place; passed: string | undefined; now: Place }): Break | undefined {
  const { before, passed, now } = heads;
  if (last.seq < before.seq) return { seq: last.seq + 1, fault: 'missing' };
  if (last.seq > now.seq) return { seq: now.seq + 1, fault: 'inserted' };
  if (passed !== before.hash) return { seq: before.seq, fault: 'unlinked' };
  return last.seq === now.seq && last.hash !== now.hash ? { seq: now.seq, fault: 'unlinked' } : undefined;
}
