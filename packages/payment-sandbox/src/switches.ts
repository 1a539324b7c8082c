import { z } from 'zod';

const count = z.int().min(0).max(10_000).default(0);
const delay = z.int().min(0).max(60_000).default(0);

/** What a test can make the gateway do wrong. A body replaces all switches: one that is left out is off. */
export const switchesSchema = z.strictObject({
  /** So many confirmations that would authorise are declined. */
  declineNext: count,
  /** Each call other than those of the switches and the webhook address waits so long before it is worked off. */
  delayMs: delay,
  /** New events wait so long before their first delivery. */
  webhookDelayMs: delay,
  duplicateWebhooks: z.boolean().default(false),
  /** New events wait a random time up to half a second, so that they overtake one another. */
  shuffleWebhooks: z.boolean().default(false),
  /** So many POST and DELETE calls are carried out in full, then their connection is cut without an answer. */
  loseReplies: count,
  /** So many POST and DELETE calls answer 500 before anything is done. */
  failNext: count,
  /** So many events are never delivered: their receiver has to ask. */
  dropWebhooks: count,
});

export type Switches = z.infer<typeof switchesSchema>;
export type CountedSwitch = 'declineNext' | 'loseReplies' | 'failNext' | 'dropWebhooks';

/** All switches off. They live in memory only, so a restart ends every planted fault. */
export function switchesOff(): Switches {
  return switchesSchema.parse({});
}

/** Uses up one of a counted switch; false when none is left. */
export function takeSwitch(switches: Switches, name: CountedSwitch): boolean {
  if (switches[name] === 0) return false;
  switches[name] -= 1;
  return true;
}
