import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { databaseUri, findDatabase, planDatabase } from '../../scripts/system/parts/database.ts';

const START_MS = 60_000;
const POLL_MS = 50;

export interface BenchDatabase {
  uri: string;
  stop(): Promise<void>;
}

/** A database server of this run alone, as durable as that of a system that is up. */
export async function startBenchDatabase(): Promise<BenchDatabase> {
  const program = await findDatabase((line) => process.stderr.write(`${line}\n`));
  const folder = mkdtempSync(join(tmpdir(), 'souk-bench-'));
  const port = await freePort();
  const { command, ready } = planDatabase({ folder, port, program });
  const child = spawn(command.file, command.args, { env: command.env, cwd: command.cwd, stdio: 'ignore' });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const endWithUs = () => child.kill('SIGKILL');
  process.once('exit', endWithUs);
  const stop = async () => {
    process.off('exit', endWithUs);
    child.kill('SIGKILL');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  const deadline = Date.now() + START_MS;
  while (!(await ready().catch(() => false))) {
    if (child.exitCode !== null || Date.now() > deadline) {
      await stop();
      throw new Error(`the database server did not start: ${command.file}`);
    }
    await sleep(POLL_MS);
  }
  return { uri: databaseUri(port), stop };
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
