import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { databaseUri, findDatabase, planDatabase } from '../../../scripts/system/parts/database.ts';

declare global {
  var soukTestDatabase: { child: ChildProcess; folder: string } | undefined;
}

const START_MS = 30_000;
const POLL_MS = 50;

/** Starts one database server for all workers, on a free port and a folder of its own; each test service has a database in it. */
export default async function startTestDatabase(): Promise<void> {
  if (process.env.SOUK_TEST_MONGODB !== undefined) return;
  if (process.env.MONGODB_URI !== undefined) {
    process.env.SOUK_TEST_MONGODB = process.env.MONGODB_URI;
    return;
  }
  const program = await findDatabase((line) => process.stderr.write(`${line}\n`));
  const folder = mkdtempSync(join(tmpdir(), 'souk-test-'));
  const port = await freePort();
  const { command, ready } = planDatabase({ folder, port, program });
  // A test's data need not outlive a crash, so its writes need not wait for the disk.
  const args = command.args.filter((arg) => arg !== '--sync-on-commit');
  const child = spawn(command.file, args, { env: command.env, cwd: command.cwd, stdio: 'ignore' });
  globalThis.soukTestDatabase = { child, folder };
  const deadline = Date.now() + START_MS;
  while (!(await ready().catch(() => false))) {
    if (child.exitCode !== null || Date.now() > deadline)
      throw new Error(`the tests' database server did not start: ${command.file}`);
    await sleep(POLL_MS);
  }
  process.env.SOUK_TEST_MONGODB = databaseUri(port);
}

/** Ends the server and removes its data. */
export async function stopTestDatabase(): Promise<void> {
  const running = globalThis.soukTestDatabase;
  if (!running) return;
  // Each suite of one run that has a database ends it: the second finds it gone.
  globalThis.soukTestDatabase = undefined;
  const { child, folder } = running;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
  rmSync(folder, { recursive: true, force: true });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
