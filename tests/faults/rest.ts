import { setTimeout as sleep } from 'node:timers/promises';
import type { Acknowledged, Fault, Snapshot } from './oracle/index.ts';
import { findFaults, readSnapshot } from './oracle/index.ts';
import type { World } from './world.ts';

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
  world: World,
  acknowledged: readonly Acknowledged[],
  { sinceMs, withinMs }: { sinceMs: number; withinMs: number },
): Promise<Rest> {
  const rest: Rest = { endedAfterMs: undefined, silentAfterMs: undefined, faults: [], snapshot: undefined };
  const deadline = sinceMs + withinMs;
  for (;;) {
    const isLast = Date.now() > deadline;
    try {
      const open = await world.reading
        .database('sales')
        .collection('orders')
        .countDocuments({ phase: { $ne: 'done' } });
      if (open === 0) rest.endedAfterMs ??= Date.now() - sinceMs;
      if (open === 0 || isLast) {
        rest.snapshot = await readSnapshot(world.reading, acknowledged);
        rest.faults = findFaults(rest.snapshot);
        if (process.env.DBG) console.log(Date.now() - sinceMs, tellFaults(rest.faults).join('\n'));
        if (rest.faults.length === 0) return { ...rest, silentAfterMs: Date.now() - sinceMs };
      }
    } catch (error) {
      rest.faults = [{ rule: 'platform answers', about: 'the oracle', says: String(error) }];
    }
    if (isLast) return rest;
    await sleep(LOOK_MS);
  }
}
