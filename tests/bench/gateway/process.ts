import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

/** A process of its own: it says one thing when it is ready, and then answers one question at a time. */
export interface BenchProcess<Hello> {
  readonly hello: Hello;
  ask<Answer>(question: unknown): Promise<Answer>;
  stop(): Promise<void>;
}

/** What a process says that listens. */
export interface Listening {
  port: number;
}

/** Starts tests/bench/gateway/<name>.ts. Throws when it ends before it is ready. */
export async function startProcess<Hello>(name: string, env: Record<string, string> = {}): Promise<BenchProcess<Hello>> {
  const child = fork(join(import.meta.dirname, `${name}.ts`), { env: { ...process.env, NODE_ENV: 'production', ...env } });
  // One question is under way at a time, so one waits at most.
  let waiting: { resolve(message: unknown): void; reject(error: Error): void } | undefined;
  child.on('message', (message) => waiting?.resolve(message));
  child.once('exit', (code) => waiting?.reject(new Error(`${name} ended with ${code}`)));
  const hear = () => new Promise<unknown>((resolve, reject) => (waiting = { resolve, reject }));
  return {
    hello: (await hear()) as Hello,
    ask: async <Answer>(question: unknown) => {
      child.send({ question });
      return (await hear()) as Answer;
    },
    stop: async () => {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** The child's side: says `hello`, answers, and ends with its parent. */
export function answerParent(hello: object, answer: (question: never) => unknown): void {
  process.on('message', async (message: { question: never }) => process.send?.(await answer(message.question)));
  process.once('disconnect', () => process.exit());
  process.send?.(hello);
}

/** Microseconds of processor time of this process since its start. */
export function cpuUs(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/** Listens on a free port, tells the parent which, and answers it with the processor time so far. */
export function serveBench(server: Server): void {
  server.keepAliveTimeout = 60_000;
  server.listen(0, '127.0.0.1', () => answerParent({ port: (server.address() as AddressInfo).port }, cpuUs));
}
