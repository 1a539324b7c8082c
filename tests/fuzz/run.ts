import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Account } from '../../scripts/demo/people.ts';
import type { Platform } from '../e2e/platform.ts';
import { openAccounts } from './people.ts';
import { provideSchemathesis } from './provide.ts';

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

/** Throws generated requests at every operation of a platform, as each role and as nobody. */
export async function fuzzPlatform(platform: Platform, plan: Plan): Promise<Fuzzed[]> {
  const accounts: Record<string, Account | undefined> = { ...(await openAccounts(platform)), nobody: undefined };
  const folder = mkdtempSync(join(tmpdir(), 'souk-fuzz-'));
  try {
    const { gatewayUrl } = platform.system;
    const document = await fetch(`${gatewayUrl}/api/openapi.json`);
    writeFileSync(join(folder, 'openapi.json'), await document.text());
    const fuzzed: Fuzzed[] = [];
    for (const [role, account] of Object.entries(accounts))
      fuzzed.push(await fuzzAs({ role, account }, { ...plan, folder, gatewayUrl }));
    return fuzzed;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

interface At extends Plan {
  folder: string;
  gatewayUrl: string;
}

async function fuzzAs({ role, account }: { role: string; account: Account | undefined }, at: At): Promise<Fuzzed> {
  const file = join(at.folder, `${role}.json`);
  const args = [
    ...[
      '-m',
      'schemathesis.cli',
      '--config-file',
      join(import.meta.dirname, 'schemathesis.toml'),
      'run',
      join(at.folder, 'openapi.json'),
    ],
    ...[
      '--url',
      at.gatewayUrl,
      '--checks',
      'all',
      '--phases',
      at.phases,
      '--max-examples',
      String(at.examples),
      '--seed',
      String(at.seed),
    ],
    ...['--continue-on-failure', '--no-color', '--generation-database', 'none', '--report', 'json', '--report-json-path', file],
  ];
  const signIn = account && {
    ...{ SCHEMATHESIS_HOOKS: 'signed_in', SOUK_FUZZ_URL: `${at.gatewayUrl}/api` },
    ...{ SOUK_FUZZ_EMAIL: account.email, SOUK_FUZZ_PASSWORD: account.password },
  };
  const path = [provideSchemathesis(), import.meta.dirname].join(delimiter);
  const log = await runPython(args, { PYTHONPATH: path, PYTHONDONTWRITEBYTECODE: '1', ...signIn });
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

async function runPython(args: string[], env: Record<string, string>): Promise<string> {
  const child = spawn('python3', args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
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
