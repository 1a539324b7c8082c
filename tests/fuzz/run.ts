import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Account } from '../../scripts/demo/people.ts';
import type { Schemathesis } from '../../scripts/system/parts/schemathesis.ts';
import { findSchemathesis } from '../../scripts/system/parts/schemathesis.ts';
import type { Platform } from '../e2e/platform.ts';
import { openAccounts } from './people.ts';

const CONFIG = join(import.meta.dirname, 'schemathesis.toml');

/** Requests under way at once: one alone would spend its time waiting. */
const WORKERS = 4;

/** What the platform needs in its environment to be fuzzed: a client that signs in every few seconds is no guesser. */
export const FUZZ_ENV = { gateway: { LIMIT_SIGN_IN_PER_ACCOUNT: '100000' } };

/** What Schemathesis writes of a run. */
interface Report {
  test_cases: { generated: number };
  operations: { total: number; tested: number };
  failures: { title: string; count: number; operations: string[] }[];
  errors: unknown[];
}

/** What came of one role. */
export interface Fuzzed {
  role: string;
  requests: number;
  operations: number;
  faults: string[];
  /** All that was printed, with a command for each failure. */
  log: string;
}

interface Plan {
  /** Tried of each operation. */
  examples: number;
  /** `fuzzing`, `coverage` and the others that Schemathesis knows. */
  phases: string;
  seed: number;
}

/** Throws generated requests at every operation of a platform, as each role and as nobody; gives what came of each as it ends. */
export async function* fuzzPlatform(platform: Platform, plan: Plan): AsyncGenerator<Fuzzed> {
  const accounts: Record<string, Account | undefined> = { nobody: undefined, ...(await openAccounts(platform)) };
  const schemathesis = await findSchemathesis(console.log);
  const folder = mkdtempSync(join(tmpdir(), 'souk-fuzz-'));
  try {
    const { gatewayUrl } = platform.system;
    const document = await fetch(`${gatewayUrl}/api/openapi.json`);
    writeFileSync(join(folder, 'openapi.json'), await document.text());
    for (const [role, account] of Object.entries(accounts))
      yield await fuzzAs({ role, account }, { ...plan, folder, gatewayUrl, schemathesis });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

interface At extends Plan {
  folder: string;
  gatewayUrl: string;
  schemathesis: Schemathesis;
}

async function fuzzAs({ role, account }: { role: string; account: Account | undefined }, at: At): Promise<Fuzzed> {
  const { folder, gatewayUrl, schemathesis } = at;
  const file = join(folder, `${role}.json`);
  const options = {
    ...{ '--url': gatewayUrl, '--checks': 'all', '--phases': at.phases },
    ...{ '--max-examples': String(at.examples), '--seed': String(at.seed), '--generation-database': 'none' },
    ...{ '--workers': String(WORKERS) },
    ...{ '--report': 'json', '--report-json-path': file },
  };
  const program = ['-m', 'schemathesis.cli', '--config-file', CONFIG, 'run', join(folder, 'openapi.json')];
  const signIn = account && {
    ...{ SCHEMATHESIS_HOOKS: 'signed_in', SOUK_FUZZ_URL: `${gatewayUrl}/api` },
    ...{ SOUK_FUZZ_EMAIL: account.email, SOUK_FUZZ_PASSWORD: account.password },
  };
  const path = [schemathesis.folder, import.meta.dirname].join(delimiter);
  const log = await runProgram(
    schemathesis.python,
    [...program, '--continue-on-failure', '--no-color', ...Object.entries(options).flat()],
    { PYTHONPATH: path, PYTHONDONTWRITEBYTECODE: '1', ...signIn },
  );
  const report = readReport(file, log);
  return { role, requests: report.test_cases.generated, operations: report.operations.tested, faults: faultsOf(report), log };
}

function readReport(file: string, log: string): Report {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    throw new Error(`Schemathesis wrote no report:\n${log}`);
  }
}

function faultsOf({ operations, failures, errors }: Report): string[] {
  const untested =
    operations.tested < operations.total ? [`${operations.total - operations.tested} operations were not tried`] : [];
  const failed = failures.map(({ title, count, operations: where }) => `${title}, ${count} times: ${where.join(', ')}`);
  return [...untested, ...failed, ...errors.map((error) => JSON.stringify(error))];
}

async function runProgram(file: string, args: string[], env: Record<string, string>): Promise<string> {
  // It writes folders of its own where it stands.
  const child = spawn(file, args, { cwd: tmpdir(), env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let log = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      log += chunk.toString();
    });
  await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  return log;
}
