import { setTimeout as sleep } from 'node:timers/promises';
import type { Acknowledged, Fault, Snapshot } from './oracle/index.ts';
import { findFaults, readSnapshot } from './oracle/index.ts';
import type { Market } from './world.ts';

const LOOK_MS = 500;

/** What the platform came to after a fault. */
export interface Rest {
  /** From the given moment until no order was open; undefined when some never ended. */
  endedAfterMs: number | undefined;
  /** Until the oracle had nothing to say. */
  silentAfterMs: number | undefined;
  faults: Fault[];
  snapshot: Snapshot | undefined;
}

/**
 * Waits until every order has ended and the oracle is silent, at most `withinMs` after `sinceMs`. Reads that fail because a part is
 * still away are tried again: that the platform answers is part of being at rest.
 */
export async function comeToRest(
  market: Market,
  acknowledged: readonly Acknowledged[],
  { sinceMs, withinMs }: { sinceMs: number; withinMs: number },
): Promise<Rest> {
  let rest: Rest = {
    endedAfterMs: undefined,
    silentAfterMs: undefined,
    faults: [unanswered('has read nothing yet')],
    snapshot: undefined,
  };
  const deadline = sinceMs + withinMs;
  for (let isLast = false; !isLast && rest.silentAfterMs === undefined; ) {
    isLast = Date.now() > deadline;
    rest = await look(market, acknowledged, { before: rest, sinceMs, isLast }).catch((error: unknown) => ({
      ...rest,
      faults: [unanswered(String(error))],
    }));
    if (rest.silentAfterMs === undefined) await sleep(LOOK_MS);
  }
  return rest;
}

const unanswered = (says: string): Fault => ({ rule: 'platform answers', about: 'the oracle', says });

/** Asks the oracle once no order is open, because reading everything is dear; at the last look in any case. */
async function look(
  market: Market,
  acknowledged: readonly Acknowledged[],
  { before, sinceMs, isLast }: { before: Rest; sinceMs: number; isLast: boolean },
): Promise<Rest> {
  const open = await market.reading
    .database('sales')
    .collection('orders')
    .countDocuments({ phase: { $ne: 'done' } });
  const endedAfterMs = open === 0 ? (before.endedAfterMs ?? Date.now() - sinceMs) : undefined;
  if (open > 0 && !isLast) return { ...before, endedAfterMs };
  const snapshot = await readSnapshot(market.reading, acknowledged);
  const faults = findFaults(snapshot);
  return { endedAfterMs, silentAfterMs: faults.length === 0 ? Date.now() - sinceMs : undefined, faults, snapshot };
}
