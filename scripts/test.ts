// Everything that guards a change: lint, types, then each Jest suite within its time budget. `npm test -- sales` runs only the
// tests whose path contains `sales`. Ends with one plain line, `N passed, N failed`; the log of each step stays in .souk/test.
import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import budgets from './budgets.json' with { type: 'json' };
import { providePrograms } from './system/parts/programs.ts';

const root = join(import.meta.dirname, '..');
const reports = join(root, '.souk', 'test');
const bin = join(root, 'node_modules', '.bin');

/** Steps that are not Jest suites, by the name of their budget. */
const checks: Record<string, string[] | undefined> = {
  lint: [join(bin, 'biome'), 'check', '--error-on-warnings', '--max-diagnostics=200', '.'],
  types: [join(bin, 'tsc'), '--noEmit'],
};

/** Words that the paths of the tests to run contain; none means all of them. */
const patterns = process.argv.slice(2);

/** These start real parts on the machine, so their files take turns. */
const oneAtATime = ['e2e'];

/** What one step came to; `problem` says in words what went wrong apart from failed tests. */
interface Outcome {
  passed: number;
  failed: number;
  problem?: string | undefined;
}

interface Ended {
  code: number;
  seconds: number;
  killed: boolean;
}

interface JestReport {
  numTotalTests: number;
  numPassedTests: number;
  numFailedTests: number;
  numRuntimeErrorTestSuites: number;
  success: boolean;
}

/** The step now running, so that an interrupted run takes it along. */
let running: number | undefined;

function signalStep(signal: NodeJS.Signals): void {
  if (running === undefined) return;
  try {
    // The step leads a process group of its own: what it started ends with it.
    process.kill(-running, signal);
  } catch {
    running = undefined;
  }
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => {
    signalStep('SIGTERM');
    process.exit(1);
  });
}

/** Runs a command to its end with its output in the log file; one that takes twice its budget hangs, and is ended. */
async function runStep(command: string[], log: string, budgetSeconds: number): Promise<Ended> {
  const output = openSync(log, 'w');
  const started = performance.now();
  const [program = '', ...args] = command;
  const child = spawn(program, args, { cwd: root, detached: true, stdio: ['ignore', output, output] });
  running = child.pid;
  let killed = false;
  const limit = setTimeout(() => {
    killed = true;
    signalStep('SIGTERM');
    setTimeout(() => signalStep('SIGKILL'), 10_000).unref();
  }, budgetSeconds * 2_000);
  const code = await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (exitCode) => resolve(exitCode ?? 1));
  });
  clearTimeout(limit);
  running = undefined;
  closeSync(output);
  return { code, seconds: (performance.now() - started) / 1_000, killed };
}

function jestCommand(suite: string, report: string): string[] {
  return [
    join(bin, 'jest'),
    ...['--selectProjects', suite, '--ci', '--passWithNoTests', '--json', '--outputFile', report],
    ...(oneAtATime.includes(suite) ? ['--runInBand'] : []),
    ...(patterns.length > 0 ? ['--testPathPatterns', ...patterns] : []),
  ];
}

function readOutcome(report: string, ended: Ended): Outcome {
  if (!existsSync(report)) return { passed: 0, failed: 0, problem: 'ended without a report' };
  const jest: JestReport = JSON.parse(readFileSync(report, 'utf8'));
  const outcome = { passed: jest.numPassedTests, failed: jest.numFailedTests };
  if (jest.numRuntimeErrorTestSuites > 0) return { ...outcome, problem: `${jest.numRuntimeErrorTestSuites} files did not run` };
  if (jest.numTotalTests === 0 && patterns.length === 0) return { ...outcome, problem: 'has no tests' };
  if (jest.numFailedTests === 0 && ended.code !== 0) return { ...outcome, problem: `ended with code ${ended.code}` };
  return outcome;
}

function overBudget(ended: Ended, budgetSeconds: number): string | undefined {
  if (ended.killed) return `hung: ended after ${ended.seconds.toFixed(0)} s, its budget is ${budgetSeconds} s`;
  return ended.seconds > budgetSeconds ? `over its budget of ${budgetSeconds} s` : undefined;
}

async function runNamed(step: string, budgetSeconds: number): Promise<Outcome & { seconds: number }> {
  const log = join(reports, `${step}.log`);
  const report = join(reports, `${step}.json`);
  rmSync(report, { force: true });
  const check = checks[step];
  const ended = await runStep(check ?? jestCommand(step, report), log, budgetSeconds);
  const checked = { passed: 0, failed: 0, problem: ended.code === 0 ? undefined : 'found faults' };
  const outcome = check ? checked : readOutcome(report, ended);
  const problem = overBudget(ended, budgetSeconds) ?? outcome.problem;
  if (problem || outcome.failed > 0) console.log(readFileSync(log, 'utf8'));
  return { ...outcome, problem, seconds: ended.seconds };
}

/** Before any budget counts: an empty machine builds for many minutes, once. Gives why a part is not to be had. */
async function provideParts(): Promise<string | undefined> {
  const startedMs = performance.now();
  const problem = await providePrograms((line) => console.log(line)).then(
    () => undefined,
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
  const seconds = ((performance.now() - startedMs) / 1_000).toFixed(1);
  console.log(`${'parts'.padEnd(13)}${seconds.padStart(6)} s  ${problem ?? ''}`.trimEnd());
  return problem;
}

const total = { passed: 0, failed: 0, seconds: 0 };
mkdirSync(reports, { recursive: true });
// Some tests need no part: those that were asked for by name find out for themselves.
if (patterns.length === 0 && (await provideParts()) !== undefined) total.failed += 1;
for (const [step, budgetSeconds] of Object.entries(budgets.steps)) {
  if (patterns.length > 0 && checks[step]) continue;
  const { passed, failed, seconds, problem } = await runNamed(step, budgetSeconds);
  total.passed += passed;
  // What is wrong without a failed test (lint, a hang, an empty suite) counts as one failure, so that the last line never lies.
  total.failed += failed + (problem && failed === 0 ? 1 : 0);
  total.seconds += seconds;
  if (patterns.length > 0 && passed + failed === 0 && !problem) continue;
  const result = checks[step] ? '' : `${passed} passed, ${failed} failed`;
  console.log(`${step.padEnd(13)}${seconds.toFixed(1).padStart(6)} s  ${[result, problem].filter(Boolean).join('; ')}`.trimEnd());
}
if (total.seconds > budgets.totalSeconds) {
  total.failed += 1;
  console.log(`All steps together took ${total.seconds.toFixed(0)} s, their budget is ${budgets.totalSeconds} s.`);
}
if (total.passed + total.failed === 0) {
  total.failed += 1;
  console.log(`No test has a path that contains ${patterns.join(' or ')}.`);
}
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed === 0 ? 0 : 1;
