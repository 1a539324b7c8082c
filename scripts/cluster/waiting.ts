import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until something is so, asking ten times a second; a throw means not yet. Throws after `timeoutMs`, with the last reason. */
export async function until(what: string, timeoutMs: number, isSo: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  let reason = '';
  for (;;) {
    try {
      if (await isSo()) return;
    } catch (error) {
      reason = `: ${error instanceof Error ? error.message : error}`;
    }
    if (Date.now() > deadline) throw new Error(`not within ${timeoutMs / 1_000} s: ${what}${reason}`);
    await sleep(100);
  }
}
