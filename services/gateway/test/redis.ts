import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { createClient } from '@redis/client';
import { eventually } from '@souk/testing';
import { findRedis } from '../../../scripts/system/parts/redis.ts';

/** A Redis of a test's own, with nothing in it. */
export interface TestRedis {
  readonly url: string;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** It stands still, its connections open; SIGCONT lets it go on. */
  signal(name: 'SIGSTOP' | 'SIGCONT'): void;
  /** One command, on a connection of its own. */
  command(...words: string[]): Promise<unknown>;
}

export async function makeRedis(): Promise<TestRedis> {
  const program = await findRedis((line) => process.stderr.write(`${line}\n`));
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  let child: ChildProcess | undefined;
  const command = async (...words: string[]) => {
    const client = createClient({ url, socket: { reconnectStrategy: false } }).on('error', () => undefined);
    await client.connect();
    try {
      return await client.sendCommand(words);
    } finally {
      client.destroy();
    }
  };
  return {
    url,
    command,
    start: async () => {
      const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', tmpdir()];
      child = spawn(program, args, { stdio: 'ignore' });
      await eventually(async () => expect(await command('PING')).toBe('PONG'));
    },
    signal: (name) => {
      child?.kill(name);
    },
    stop: async () => {
      const ended = child && once(child, 'exit');
      child?.kill('SIGKILL');
      child = undefined;
      await ended;
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
