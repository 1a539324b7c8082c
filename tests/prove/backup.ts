// A dump under load, everything lost, restored: what is there again, what ended, and what only those outside know.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seedOf } from '../faults/chance.ts';
import { isSound, runDisaster, tellDisaster } from '../faults/disaster.ts';
import { openWorld } from '../faults/world.ts';

const seed = seedOf(process.env);
const folder = mkdtempSync(join(tmpdir(), 'souk-dumps-'));
const world = await openWorld(6);
try {
  const say = (line: string) => console.log(line);
  const result = await runDisaster(world, { seed, ordersBefore: 250, ordersAfter: 60, pauseMs: 100, folder, say });
  console.log('--- report');
  console.log(tellDisaster(result, seed).join('\n'));
  process.exitCode = isSound(result) ? 0 : 1;
} finally {
  await world.stop();
  rmSync(folder, { recursive: true });
}
