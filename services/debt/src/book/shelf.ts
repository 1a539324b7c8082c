export type Write =
  | { insertOne: { document: object } }
  | { updateOne: { filter: Record<string, unknown>; update: Record<string, unknown> } };

interface Versioned {
  _id: string;
  version: number;
}

/** Documents of one kind as one batch sees and changes them. */
export interface Shelf<Doc extends Versioned> {
  get(id: string): Doc | undefined;
  all(): Iterable<Doc>;
  /** Keeps a new state and gives it with the version that it will have. */
  put(doc: Doc): Doc;
  /** Inserts of what is new, and updates that match only what was read. */
  writes(): Write[];
}

/** A shelf with the documents that were read. */
export function openShelf<Doc extends Versioned>(found: readonly Doc[]): Shelf<Doc> {
  const before = new Map(found.map((doc) => [doc._id, doc]));
  const now = new Map(before);
  const changed = new Set<string>();
  return {
    get: (id) => now.get(id),
    all: () => now.values(),
    put(doc) {
      const kept = { ...doc, version: (before.get(doc._id)?.version ?? 0) + 1 };
      now.set(doc._id, kept);
      changed.add(doc._id);
      return kept;
    },
    writes: () =>
      [...changed].flatMap((id) => {
        const [old, current] = [before.get(id), now.get(id)];
        if (!current) return [];
        return [old ? updateOf(old, current) : { insertOne: { document: current } }];
      }),
  };
}

function updateOf(old: Versioned, current: Versioned): Write {
  const { _id, ...fields } = current;
  const entries = Object.entries(fields);
  const gone = entries.filter(([, value]) => value === undefined).map(([name]) => [name, 1]);
  const $set = Object.fromEntries(entries.filter(([, value]) => value !== undefined));
  const update = { $set, ...(gone.length > 0 && { $unset: Object.fromEntries(gone) }) };
  return { updateOne: { filter: { _id, version: old.version }, update } };
}
