import type { Context, Tx } from '@souk/service-kit';
import { defineStore, newId } from '@souk/service-kit';
import { Schema } from 'mongoose';

/** The end of a session, or of all tokens of a user issued before `before` (seconds). Appended only. */
export interface Revocation {
  _id: string;
  position: number;
  sid?: string | undefined;
  userId?: string | undefined;
  before: number;
  at: Date;
}

type Ended = Pick<Revocation, 'sid' | 'userId' | 'before' | 'at'>;

const KEEP_SECONDS = 24 * 3600;
/** Longer than an access token lives: what ended earlier concerns no token any more. */
const RECENT_MS = 20 * 60_000;
/** A company of that many is out with one answer, of 0.7 MB: every replica asks once a second, and a sidecar passes on 4 MiB. */
const MOST_LISTED = 10_000;

export const revocations = defineStore<Revocation>({
  name: 'revocations',
  schema: new Schema<Revocation>({
    _id: String,
    position: { type: Number, required: true },
    sid: String,
    userId: String,
    before: { type: Number, required: true },
    at: { type: Date, required: true },
  })
    .index({ position: 1 }, { unique: true })
    .index({ at: 1 }, { expireAfterSeconds: KEEP_SECONDS }),
  scope: {},
});

interface LastPosition {
  _id: string;
  value: number;
}

export const revocationPositions = defineStore<LastPosition>({
  name: 'revocation_positions',
  schema: new Schema<LastPosition>({ _id: String, value: { type: Number, required: true } }),
  scope: {},
});

export const POSITION = 'last';

/**
 * Appends a revocation. The position is taken inside the transaction from one document, so positions are committed in their sequence
 * and whoever asks for what came after one misses none.
 */
export const appendRevocation = (tx: Tx, ended: Ended): Promise<void> => appendRevocations(tx, [ended]);

/** The same of several, which takes the position once. */
export async function appendRevocations(tx: Tx, ended: readonly Ended[]): Promise<void> {
  if (ended.length === 0) return;
  const last = await tx.in(revocationPositions).findOneAndUpdate({ _id: POSITION }, { $inc: { value: ended.length } });
  if (!last) throw new Error('the position of revocations is made by a migration');
  const first = last.value - ended.length + 1;
  await tx.in(revocations).insertMany(ended.map((each, index) => ({ _id: newId(), position: first + index, ...each })));
}

/** What was appended after the position `after`; without one, what may still concern a token. Ends with the position to ask from next. */
export async function listRevoked(ctx: Context, after: number | undefined): Promise<{ found: Revocation[]; position: number }> {
  // Read first: an entry that commits in between is then listed twice, never passed over.
  const known = after ?? (await ctx.in(revocationPositions).findOne({ _id: POSITION }))?.value ?? 0;
  const filter = after === undefined ? { at: { $gt: new Date(ctx.now().getTime() - RECENT_MS) } } : { position: { $gt: after } };
  const found = await ctx.in(revocations).find(filter, { sort: { position: 1 }, limit: MOST_LISTED });
  return { found, position: found.at(-1)?.position ?? known };
}
