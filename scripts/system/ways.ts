import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';

/** Says one line of progress to whoever waits. */
export type Say = (line: string) => void;

/** One way to get a part: gives it, or undefined when this machine does not offer the way; a throw says why it failed. */
export interface Way<Found> {
  what: string;
  get(say: Say): Promise<Found | undefined> | Found | undefined;
}

/** No way led to the part; the message says what was tried, with the reason of each, and what a person can do. */
export class PartMissing extends Error {}

/** Tries the ways in their order and gives what the first one finds. Throws PartMissing. */
export async function firstThatWorks<Found>(
  part: { name: string; advice: string; say: Say },
  ways: readonly Way<Found>[],
): Promise<Found> {
  const tried: string[] = [];
  for (const way of ways) {
    try {
      const found = await way.get(part.say);
      if (found !== undefined) return found;
      tried.push(`${way.what}: not here`);
    } catch (error) {
      tried.push(`${way.what}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  throw new PartMissing(`${part.name} was not found. Tried:\n${tried.map((line) => `  - ${line}`).join('\n')}\n${part.advice}`);
}

const CONNECT_TIMEOUT_MS = 5_000;
const DOWNLOAD_TIMEOUT_MS = 300_000;

/** Fetches a URL; gives up after 5 s without the first byte, so that the next way is reached soon. Throws. */
export async function download(url: string): Promise<Buffer> {
  const giveUp = new AbortController();
  const timer = setTimeout(() => giveUp.abort(new Error(`no answer from ${new URL(url).host}`)), CONNECT_TIMEOUT_MS);
  try {
    const answer = await fetch(url, { signal: AbortSignal.any([giveUp.signal, AbortSignal.timeout(DOWNLOAD_TIMEOUT_MS)]) });
    clearTimeout(timer);
    if (!answer.ok) throw new Error(`${new URL(url).host} answered ${answer.status}`);
    return Buffer.from(await answer.arrayBuffer());
  } catch (error) {
    throw error instanceof TypeError ? new Error(`${new URL(url).host} cannot be reached`) : error;
  } finally {
    clearTimeout(timer);
  }
}

/** Fetches `url` and the checksum published beside it, compares, and writes the file. Throws when they differ. */
export async function downloadChecked(url: string, file: string): Promise<void> {
  const published = (await download(`${url}.sha256`)).toString('utf8').trim().split(/\s+/)[0];
  const bytes = await download(url);
  const actual = createHash('sha256').update(bytes).digest('hex');
  if (actual !== published) throw new Error(`checksum of ${url} is ${actual}, published is ${published}`);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, bytes);
}

export interface Build {
  file: string;
  args: readonly string[];
  cwd: string;
  logFile: string;
  say: Say;
  env?: Record<string, string>;
  timeoutMs: number;
}

const STILL_EVERY_MS = 60_000;

/** Runs a build with its output in a log, and says once a minute that it goes on; throws with the end of that output when it fails. */
export function build({ file, args, cwd, logFile, say, env, timeoutMs }: Build): Promise<void> {
  mkdirSync(dirname(logFile), { recursive: true });
  rmSync(logFile, { force: true });
  const startedMs = Date.now();
  const minutes = () => Math.round((Date.now() - startedMs) / 60_000);
  const saying = setInterval(() => say(`${basename(file)} is at it for ${minutes()} min; its log is ${logFile}`), STILL_EVERY_MS);
  const done = new Promise<void>((resolve, reject) => {
    let tail = '';
    const child = spawn(file, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: timeoutMs,
    });
    const keep = (data: Buffer): void => {
      appendFileSync(logFile, data);
      tail = (tail + data.toString()).slice(-600);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(`${file} ended with ${code ?? signal}; log in ${logFile}: ...${tail.trim()}`));
    });
  });
  return done.finally(() => clearInterval(saying));
}
