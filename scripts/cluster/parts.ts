import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Cluster } from './cluster.ts';
import { enter } from './spaces.ts';
import { until } from './waiting.ts';

/** A program of the node, before it runs. */
export interface PartPlan {
  name: string;
  file: string;
  args: readonly string[];
}

export interface Part {
  name: string;
  logFile: string;
  process: ChildProcess;
}

const LOG_LINES_SHOWN = 8;

/** Starts a part inside the node's namespaces. It outlives this process and ends with the namespaces. */
export function startPart(cluster: Cluster, { name, file: program, args: given }: PartPlan): Part {
  const logs = join(cluster.folder, 'logs');
  mkdirSync(logs, { recursive: true });
  const logFile = join(logs, `${name}.log`);
  const log = openSync(logFile, 'a');
  const { file, args } = enter(cluster, [program, ...given]);
  const child = spawn(file, args, { env: { PATH: process.env.PATH }, stdio: ['ignore', log, log], detached: true });
  closeSync(log);
  child.unref();
  return { name, logFile, process: child };
}

/** Waits until something is so that `parts` bring about. Throws at once, with the end of its log, when one of them has ended. */
export async function untilReady(
  what: string,
  parts: readonly Part[],
  { timeoutMs, isSo }: { timeoutMs: number; isSo: () => Promise<boolean> | boolean },
): Promise<void> {
  let ended: Part | undefined;
  await until(what, timeoutMs, async () => {
    ended = parts.find((part) => part.process.exitCode !== null || part.process.signalCode !== null);
    return ended !== undefined || (await isSo());
  }).catch((error) => {
    throw new Error(`${error.message}\n${parts.map(logTail).join('\n')}`);
  });
  if (ended) throw new Error(`${ended.name} has ended: ${logTail(ended)}`);
}

function logTail({ logFile }: Part): string {
  const lines = readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-LOG_LINES_SHOWN);
  return [`${logFile} ends with:`, ...lines.map((line) => `  ${line.slice(0, 500)}`)].join('\n');
}
