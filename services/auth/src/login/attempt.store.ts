import { createHash } from 'node:crypto';
import type { Context } from '@souk/service-kit';
import { defineStore } from '@souk/service-kit';
import { Schema } from 'mongoose';

/** Tries that have not succeeded, for one account from one network. The id is a digest: addresses of strangers are not kept. */
export interface Attempts {
  _id: string;
  count: number;
  until: Date;
}

export const attempts = defineStore<Attempts>({
  name: 'attempts',
  schema: new Schema<Attempts>({
    _id: String,
    count: { type: Number, required: true },
    until: { type: Date, required: true },
  }).index({ until: 1 }, { expireAfterSeconds: 0 }),
  scope: {},
});

export const attemptKey = (...parts: string[]): string => createHash('sha256').update(parts.join('\n')).digest('base64url');

interface Counted {
  count: number;
  leftSeconds: number;
}

/**
 * Counts a try before it is judged, so that tries side by side cannot outrun the limit; gives its number since the last success, and
 * how long such tries are still counted together. The count starts anew `windowMs` after its first try.
 */
export async function countAttempt(ctx: Context, key: string, windowMs: number): Promise<Counted> {
  const now = ctx.now();
  const isRunning = { $gt: ['$until', now] };
  const next = {
    count: { $cond: [isRunning, { $add: ['$count', 1] }, 1] },
    until: { $cond: [isRunning, '$until', new Date(now.getTime() + windowMs)] },
  };
  const counted = await ctx.in(attempts).findOneAndUpdate({ _id: key }, [{ $set: next }], { upsert: true });
  const until = counted?.until.getTime() ?? now.getTime() + windowMs;
  return { count: counted?.count ?? 1, leftSeconds: Math.max(1, Math.ceil((until - now.getTime()) / 1000)) };
}
