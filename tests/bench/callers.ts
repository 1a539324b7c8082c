import type { Round } from './rounds.ts';
import { roundOf } from './rounds.ts';

/** `callers` do `work` side by side, each again as soon as it is done, for `seconds`; what is under way then is waited for. */
export async function callFor(plan: {
  callers: number;
  seconds: number;
  work: (caller: number) => Promise<unknown>;
}): Promise<Round> {
  const { callers, seconds, work } = plan;
  const latenciesMs: number[] = [];
  const startedMs = performance.now();
  const endMs = startedMs + seconds * 1_000;
  const call = async (caller: number) => {
    for (let nowMs = performance.now(); nowMs < endMs; ) {
      await work(caller);
      const doneMs = performance.now();
      latenciesMs.push(doneMs - nowMs);
      nowMs = doneMs;
    }
  };
  await Promise.all(Array.from({ length: callers }, (_, caller) => call(caller)));
  return roundOf(latenciesMs, (performance.now() - startedMs) / 1_000);
}
