import { createHash } from 'node:crypto';
import type { BatchEntry, Context, Tx } from '@souk/service-kit';
import { BatchConflict, defineBatch } from '@souk/service-kit';
import type { Place } from './chain.rules.ts';
import { findBreak, findTailBreak, hashedText, PLATFORM, START } from './chain.rules.ts';
import type { ChainHead, Entry } from './entry.store.ts';
import { chainHeads, entries } from './entry.store.ts';

/** An entry that has no place in its chain yet. */
export type NewEntry = Omit<Entry, 'chain' | 'seq' | 'prevHash' | 'hash'>;

const digest = (content: string): string => createHash('sha256').update(content).digest('hex');

/**
 * Appends to the chains. Every fact of a company fights over its chain's head, so up to 200 of them are linked in one transaction. An
 * entry that stands already, because its fact was replayed long after, is left as it is.
 */
export const appendToChain = defineBatch<NewEntry, null>('audit.append', async (requests, tx) => {
  const fresh = await leaveOutKnown(requests, tx);
  const chains = [...new Set(fresh.map(chainOf))];
  const known = await tx.in(chainHeads).find({ _id: { $in: chains } });
  const heads = new Map<string, ChainHead>(known.map((head) => [head._id, head]));
  const linked = fresh.map((entry) => link(entry, heads));
  await tx.in(entries).insertMany(linked);
  await moveHeads(tx, known, [...heads.values()]);
  return requests.map(() => ({ value: null }));
});

const chainOf = (entry: NewEntry): string => entry.companyId ?? PLATFORM;

async function leaveOutKnown(requests: readonly BatchEntry<NewEntry>[], tx: Tx): Promise<NewEntry[]> {
  const byId = new Map(requests.map(({ request }) => [request._id, request]));
  const known = await tx.in(entries).find({ _id: { $in: [...byId.keys()] } }, { fields: ['_id'] });
  for (const { _id } of known) byId.delete(_id);
  return [...byId.values()];
}

/** Gives an entry the next place of its chain, and moves the chain's head there. */
function link(entry: NewEntry, heads: Map<string, ChainHead>): Entry {
  const chain = chainOf(entry);
  const head: Place = heads.get(chain) ?? START;
  const placed = { ...entry, chain, seq: head.seq + 1, prevHash: head.hash };
  const hash = digest(hashedText(placed));
  heads.set(chain, { _id: chain, ...(entry.companyId && { companyId: entry.companyId }), seq: placed.seq, hash });
  return { ...placed, hash };
}

async function moveHeads(tx: Tx, known: readonly ChainHead[], moved: readonly ChainHead[]): Promise<void> {
  const before = new Map(known.map((head) => [head._id, head.seq]));
  await tx.in(chainHeads).insertMany(moved.filter((head) => !before.has(head._id)));
  const writes = moved.flatMap(({ _id, seq, hash }) => {
    const from = before.get(_id);
    return from === undefined ? [] : [{ updateOne: { filter: { _id, seq: from }, update: { $set: { seq, hash } } } }];
  });
  const { modified } = await tx.in(chainHeads).bulkWrite(writes);
  if (modified !== writes.length) throw new BatchConflict();
}

export interface Verdict {
  valid: boolean;
  /** Entries that were read and found in order, up to the break if there is one. */
  entries: number;
  firstBroken?: { seq: number; entryId?: string; fault: string };
}

/** Reads a chain from its first entry and names the first that is not as it was written. Facts may be appended meanwhile. */
export async function verifyChain(ctx: Context, chain: string): Promise<Verdict> {
  const headOf = async (): Promise<Place> => (await ctx.in(chainHeads).findOne({ _id: chain })) ?? START;
  const before = await headOf();
  let last: Place = START;
  let passed = before.seq === 0 ? START.hash : undefined;
  for await (const entry of ctx.in(entries).stream({ chain }, { sort: { seq: 1 } })) {
    const broken = findBreak(last, entry, digest);
    if (broken) return { valid: false, entries: last.seq, firstBroken: broken };
    last = { seq: entry.seq, hash: entry.hash };
    if (last.seq === before.seq) passed = last.hash;
  }
  const broken = findTailBreak(last, { before, passed, now: await headOf() });
  return { valid: broken === undefined, entries: last.seq, ...(broken && { firstBroken: broken }) };
}
