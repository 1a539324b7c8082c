// `npm run down`: stops the system that `npm run up` started; no process of it is left. Data and secrets stay in .souk.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { endLeftovers, isAlive } from './system/leftovers.ts';
import { readRunning, stateFolder } from './system/state.ts';

/** Services drain, then sidecars, then the broker and the database: each has its own deadline in the supervisor. */
const DEADLINE_MS = 75_000;

const folder = stateFolder();
const running = readRunning(folder);
if (running !== undefined) {
  process.kill(running.pid, 'SIGTERM');
  const deadline = Date.now() + DEADLINE_MS;
  while (isAlive(running.pid) && Date.now() < deadline) await sleep(100);
  if (isAlive(running.pid)) process.kill(running.pid, 'SIGKILL');
}
const left = await endLeftovers(join(folder, 'pids'));
rmSync(join(folder, 'state.json'), { force: true });
if (left.length > 0) console.log(`Ended what was left behind: ${left.join(', ')}`);
console.log(running === undefined && left.length === 0 ? 'Nothing was running.' : 'Souk is down.');
