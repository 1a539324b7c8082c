import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { forgetPid, notePid, signalGroup } from './leftovers.ts';
import type { Say } from './ways.ts';

/** How a process is started: its whole environment, so that nothing of the caller's leaks into it by accident. */
export interface Command {
  file: string;
  args: readonly string[];
  env: NodeJS.ProcessEnv;
  cwd: string;
}

/** One process of the system, before it runs. */
export interface PartPlan {
  name: string;
  command: Command;
  /** By what they are for: `amqp`, `http`. Checked to be free before the start, named when one is not. */
  ports: Record<string, number>;
  ready(): Promise<boolean>;
  readyTimeoutMs: number;
  stopTimeoutMs: number;
}

export type PartState = 'stopped' | 'starting' | 'running' | 'held' | 'restarting';

export interface PartStatus {
  name: string;
  state: PartState;
  pid: number | undefined;
  ready: boolean;
  restarts: number;
  logFile: string;
}

const FIRST_BACKOFF_MS = 200;
const LONGEST_BACKOFF_MS = 5_000;
/** Who lived this long had a good start: the next death is a new story. */
const GOOD_LIFE_MS = 10_000;
const LOG_LINES_SHOWN = 8;
const LARGEST_LOG_BYTES = 50 * 1024 * 1024;

/** A process that is started again whenever it ends without having been told to. */
export class Part {
  readonly plan: PartPlan;
  readonly logFile: string;
  readonly #say: Say;
  readonly #pidFolder: string;
  #child: ChildProcess | undefined;
  #wanted: 'running' | 'held' | 'stopped' = 'stopped';
  #timer: NodeJS.Timeout | undefined;
  #backoffMs = FIRST_BACKOFF_MS;
  #startedAt = 0;
  #restarts = 0;

  constructor(plan: PartPlan, options: { logFile: string; pidFolder: string; say: Say }) {
    this.plan = plan;
    this.logFile = options.logFile;
    this.#say = options.say;
    this.#pidFolder = options.pidFolder;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  async status(): Promise<PartStatus> {
    const { name } = this.plan;
    const ready = this.#child !== undefined && (await this.#isReady());
    return { name, state: this.#state(), pid: this.pid, ready, restarts: this.#restarts, logFile: this.logFile };
  }

  start(): void {
    this.#wanted = 'running';
    if (this.#child === undefined) this.#spawn();
  }

  /** Waits until the part answers. Throws, with the part's name and the end of its log, when it has not within its time. */
  async whenReady(timeoutMs = this.plan.readyTimeoutMs): Promise<void> {
    const deadline = Date.now() + timeoutMs;
    while (!(this.#child !== undefined && (await this.#isReady()))) {
      if (this.#wanted !== 'running') throw new Error(`${this.plan.name} was stopped while it was waited for`);
      if (Date.now() > deadline) throw new Error(this.#lateness(timeoutMs));
      await sleep(100);
    }
  }

  /** Sends a signal to the process; it is started again if that ends it. Throws when it does not run. */
  kill(signal: NodeJS.Signals): void {
    if (this.pid === undefined) throw new Error(`${this.plan.name} does not run`);
    process.kill(this.pid, signal);
  }

  /** Ends the process and keeps it down until `release`. */
  async hold(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    this.#wanted = 'held';
    await this.#end(signal);
  }

  async release(): Promise<void> {
    this.start();
    await this.whenReady();
  }

  /** Stops it in good order and starts it again at once. */
  async restart(): Promise<void> {
    await this.hold('SIGTERM');
    await this.release();
  }

  async stop(): Promise<void> {
    this.#wanted = 'stopped';
    await this.#end('SIGTERM');
  }

  #state(): PartState {
    if (this.#wanted !== 'running') return this.#wanted;
    return this.#child === undefined ? 'restarting' : 'running';
  }

  #lateness(timeoutMs: number): string {
    const lines = existsSync(this.logFile)
      ? readFileSync(this.logFile, 'utf8').trimEnd().split('\n').slice(-LOG_LINES_SHOWN)
      : [];
    const tail = lines.map((line) => `\n  ${line.slice(0, 500)}`).join('');
    return `${this.plan.name} is not ready after ${Math.round(timeoutMs / 1000)} s; ${this.logFile} ends with:${tail}`;
  }

  async #isReady(): Promise<boolean> {
    try {
      return await this.plan.ready();
    } catch {
      return false;
    }
  }

  #spawn(): void {
    const { file, args, env, cwd } = this.plan.command;
    const log = openLog(this.logFile);
    // A process group of its own: what the part starts ends with it, and an interrupt of the terminal does not reach it.
    const child = spawn(file, args, { env, cwd, stdio: ['ignore', log, log], detached: true });
    closeSync(log);
    this.#child = child;
    this.#startedAt = Date.now();
    if (child.pid !== undefined) notePid(this.#pidFolder, this.plan.name, child.pid);
    const ended = (how: string): void => this.#ended(child, how);
    child.once('error', (error) => ended(error.message));
    child.once('exit', (code, signal) => ended(signal ?? `exit code ${code}`));
  }

  #ended(child: ChildProcess, how: string): void {
    if (this.#child !== child) return;
    this.#child = undefined;
    if (child.pid !== undefined) signalGroup(child.pid, 'SIGKILL');
    forgetPid(this.#pidFolder, this.plan.name);
    if (this.#wanted !== 'running') return;
    if (Date.now() - this.#startedAt > GOOD_LIFE_MS) this.#backoffMs = FIRST_BACKOFF_MS;
    this.#restarts += 1;
    this.#say(`${this.plan.name} died (${how}); starting it again in ${this.#backoffMs} ms`);
    this.#timer = setTimeout(() => this.#wanted === 'running' && this.#child === undefined && this.#spawn(), this.#backoffMs);
    this.#backoffMs = Math.min(this.#backoffMs * 2, LONGEST_BACKOFF_MS);
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    clearTimeout(this.#timer);
    const child = this.#child;
    if (child?.pid === undefined) return;
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    const force = setTimeout(() => child.pid !== undefined && signalGroup(child.pid, 'SIGKILL'), this.plan.stopTimeoutMs);
    child.kill(signal);
    await gone;
    clearTimeout(force);
  }
}

function openLog(file: string): number {
  mkdirSync(dirname(file), { recursive: true });
  if (existsSync(file) && statSync(file).size > LARGEST_LOG_BYTES) renameSync(file, `${file}.1`);
  return openSync(file, 'a');
}
