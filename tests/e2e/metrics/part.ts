import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PartPlan } from '../../../scripts/system/part.ts';
import { Part } from '../../../scripts/system/part.ts';
import { watchOver } from '../../../scripts/system/watch-over.ts';

/** Starts a program beside the system, in a folder of its own that goes with it. Gives what stops it; throws when it does not answer. */
export async function startBeside(plan: (folder: string) => PartPlan): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), 'souk-beside-'));
  const pidFolder = join(folder, 'pids');
  const planned = plan(folder);
  const part = new Part(planned, { logFile: join(folder, `${planned.name}.log`), pidFolder, say: () => undefined });
  const letGuardGo = watchOver(pidFolder);
  const stop = async (): Promise<void> => {
    await part.stop();
    await letGuardGo();
    rmSync(folder, { recursive: true, force: true });
  };
  part.start();
  await part.whenReady().catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  return stop;
}
