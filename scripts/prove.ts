// The full figures of one suite, written down: `npm run prove -- <suite>` runs tests/prove/<suite>.ts and keeps its report, with
// what is needed to run it again, in docs/proofs/<suite>.md. A run below the bar is written down too, and exits non-zero.
import { execFileSync, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { existsSync, globSync, mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { basename, isAbsolute, join } from 'node:path';

const root = join(import.meta.dirname, '..');
const suiteFolder = join(root, 'tests', 'prove');

/** A suite prints its progress first, then this line, then its report in Markdown. */
const REPORT_FOLLOWS = '--- report';

interface Proof {
  suite: string;
  args: string[];
  seed: string;
}

interface Run {
  code: number;
  seconds: number;
  report: string | undefined;
}

function listSuites(): string[] {
  return globSync('*.ts', { cwd: suiteFolder })
    .map((file) => basename(file, '.ts'))
    .sort();
}

function git(...args: string[]): string {
  return execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
}

/** The commit the figures are of, and whether the files were those of the commit; a copy without git has no commit. */
function describeCommit(): string {
  try {
    // The proofs themselves may differ: writing one must not make the next look like work on unknown code.
    const isChanged = git('status', '--porcelain', '--', '.', ':!docs/proofs') !== '';
    return `${git('rev-parse', 'HEAD')}${isChanged ? ', with changes that are not committed' : ''}`;
  } catch {
    return 'none';
  }
}

function describeMachine(): string {
  const memoryGiB = (totalmem() / 2 ** 30).toFixed(1);
  const model = cpus()[0]?.model ?? process.arch;
  return `${availableParallelism()} cores (${model}), ${memoryGiB} GiB memory, ${process.platform}, Node ${process.versions.node}`;
}

/** The command as a reader can repeat it: files of this machine are given by name only. */
function describeCommand({ suite, args, seed }: Proof): string {
  const shown = args.map((arg) => (isAbsolute(arg) || arg.startsWith('..') ? basename(arg) : arg));
  return [`SOUK_SEED=${seed}`, 'npm run prove --', suite, ...shown].join(' ');
}

async function runSuite({ suite, args, seed }: Proof): Promise<Run> {
  const started = performance.now();
  const child = spawn(process.execPath, [join(suiteFolder, `${suite}.ts`), ...args], {
    cwd: root,
    env: { ...process.env, SOUK_SEED: seed },
    stdio: ['inherit', 'pipe', 'inherit'],
  });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    process.stdout.write(chunk);
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
  const code = await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exitCode) => resolve(exitCode ?? 1));
  });
  const lines = Buffer.concat(chunks).toString('utf8').split('\n');
  const from = lines.indexOf(REPORT_FOLLOWS);
  const report =
    from === -1
      ? undefined
      : lines
          .slice(from + 1)
          .join('\n')
          .trim();
  return { code, seconds: (performance.now() - started) / 1_000, report };
}

function writeProof(proof: Proof, run: Run): string {
  const file = join('docs', 'proofs', `${proof.suite}.md`);
  const page = [
    `# Proof: ${proof.suite}`,
    '',
    '| | |',
    '|---|---|',
    `| result | ${run.code === 0 ? 'meets its bar' : '**below its bar**'} |`,
    `| date | ${new Date().toISOString()} |`,
    `| commit | ${describeCommit()} |`,
    `| seed | ${proof.seed} |`,
    `| machine | ${describeMachine()} |`,
    `| command | \`${describeCommand(proof)}\` |`,
    `| took | ${run.seconds.toFixed(0)} s |`,
    '',
    run.report,
    '',
  ];
  mkdirSync(join(root, 'docs', 'proofs'), { recursive: true });
  writeFileSync(join(root, file), page.join('\n'));
  return file;
}

async function prove(proof: Proof): Promise<number> {
  const run = await runSuite(proof);
  if (!run.report) {
    console.log(`${proof.suite}: ended with code ${run.code} and without a report; nothing was written`);
    return run.code || 1;
  }
  const file = writeProof(proof, run);
  console.log(`${proof.suite}: ${run.code === 0 ? 'meets its bar' : 'below its bar'}, written to ${file}`);
  return run.code;
}

const [suite = '', ...args] = process.argv.slice(2).filter((arg) => arg !== '--');
if (suite !== '' && existsSync(join(suiteFolder, `${suite}.ts`))) {
  process.exitCode = await prove({ suite, args, seed: process.env.SOUK_SEED ?? String(randomInt(2 ** 31)) });
} else {
  console.error(`Usage: npm run prove -- <suite>. Suites: ${listSuites().join(', ') || 'none yet'}`);
  process.exitCode = 1;
}
