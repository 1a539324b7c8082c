import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 25;

/** Repeats an assertion until it holds; after `withinMs` its last failure is thrown. */
export async function eventually<Result>(
  attempt: () => Promise<Result> | Result,
  options: { withinMs?: number } = {},
): Promise<Result> {
  const deadline = Date.now() + (options.withinMs ?? 5_000);
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await sleep(POLL_MS);
    }
  }
}
