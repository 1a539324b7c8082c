// `npm run up [-- --only sales,inventory] [--watch] [--free-ports]`: the whole system, healthy, with demo data; or what failed.
import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { isAlive } from './system/leftovers.ts';
import { root } from './system/places.ts';
import type { SystemState } from './system/state.ts';
import { readRunning, readState, stateFolder } from './system/state.ts';

/** Parts that have to be downloaded or built take minutes, once; the healthy start itself has its own limit. */
const PARTS_DEADLINE_MS = 60 * 60_000;
const HEALTHY_DEADLINE_MS = 120_000;

const folder = stateFolder();
const logFile = join(folder, 'logs', 'supervisor.log');

/** Starts the supervisor in a session of its own, so that it outlives this terminal. Gives its pid. */
function startSupervisor(): number {
  mkdirSync(join(folder, 'logs'), { recursive: true });
  const log = openSync(logFile, 'a');
  const args = [join(root, 'scripts', 'system', 'daemon.ts'), ...process.argv.slice(2)];
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', log, log], detached: true });
  closeSync(log);
  child.unref();
  if (child.pid === undefined) throw new Error('The supervisor could not be started');
  return child.pid;
}

/** Prints what the supervisor logs from `offset` on, until it says that it is ready or has failed. */
async function follow(pid: number, offset: number): Promise<SystemState> {
  const deadline = Date.now() + PARTS_DEADLINE_MS;
  let shown = offset;
  while (Date.now() < deadline) {
    const written = readFileSync(logFile);
    process.stdout.write(written.subarray(shown));
    shown = written.length;
    const state = readState(folder);
    if (state?.pid === pid && state.status !== 'starting') return state;
    if (!isAlive(pid)) throw new Error(`The supervisor has ended; see ${logFile}`);
    await sleep(200);
  }
  throw new Error(`The parts are not there after an hour; see ${logFile}`);
}

interface Health {
  status: number;
  body: string;
}

async function askHealth(gateway: string): Promise<Health> {
  try {
    const answer = await fetch(`${gateway}/api/health/all`, { signal: AbortSignal.timeout(5_000) });
    return { status: answer.status, body: await answer.text() };
  } catch (error) {
    return { status: 0, body: String(error) };
  }
}

/** Waits until the gateway says that all is well; without a gateway the parts have answered for themselves. Throws. */
async function waitHealthy(state: SystemState): Promise<void> {
  const gateway = state.urls.gateway;
  if (gateway === undefined || state.only !== undefined) return;
  const deadline = Date.now() + HEALTHY_DEADLINE_MS;
  for (;;) {
    const health = await askHealth(gateway);
    if (health.status === 200) return;
    if (Date.now() > deadline) throw new Error(`${gateway}/api/health/all answered ${health.status}: ${health.body}`);
    await sleep(500);
  }
}

const isWhole = ({ urls, only }: SystemState): boolean => urls.gateway !== undefined && only === undefined;

/** Runs the seed against the gateway; it leaves alone what is there already. */
async function seed(state: SystemState): Promise<void> {
  if (!isWhole(state)) return;
  const script = join(root, 'scripts', 'seed.ts');
  const env = { ...process.env, SOUK_GATEWAY_URL: state.urls.gateway, SOUK_STATE: folder };
  const child = spawn(process.execPath, [script], { cwd: root, env, stdio: 'inherit' });
  const code = await new Promise((resolve) => child.once('exit', resolve));
  if (code !== 0) throw new Error('The system is up, but its demo data could not be made');
}

function summarise(state: SystemState): void {
  const secrets: Record<string, string> = JSON.parse(readFileSync(join(folder, 'secrets.json'), 'utf8'));
  const lines = Object.entries(state.urls).map(([name, url]) => `  ${name.padEnd(14)}${url}`);
  console.log(`\nSouk is up.\n${lines.join('\n')}`);
  if (state.urls.gateway !== undefined) console.log(`  ${'API reference'.padEnd(14)}${state.urls.gateway}/api/docs`);
  console.log(`\nSuper admin: ${secrets['super-admin-email']}  ${secrets['super-admin-password']}`);
  const order = isWhole(state) ? 'First order: npm run order    ' : '';
  console.log(`${order}Logs: npm run logs -- sales    Stop: npm run down`);
}

async function up(): Promise<void> {
  const running = readRunning(folder);
  if (running?.status === 'ready') {
    console.log('The system is running already.');
    await waitHealthy(running);
    return summarise(running);
  }
  const offset = existsSync(logFile) ? statSync(logFile).size : 0;
  const state = await follow(running?.pid ?? startSupervisor(), offset);
  // The log that was just shown ends with the reason.
  if (state.status === 'failed') throw new Error(`Souk did not start; the whole log is ${logFile}`);
  await waitHealthy(state);
  await seed(state);
  summarise(state);
}

try {
  parseArgs({ options: { only: { type: 'string' }, watch: { type: 'boolean' }, 'free-ports': { type: 'boolean' } } });
  await up();
} catch (error) {
  console.error(`\n${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}
