// Requests made from the reference at a system of its own, as every role and as nobody: what is not as the reference says, with a command
// that shows it again. `npm run fuzz` sends 100,000 at least; `npm run fuzz -- 2` tries two of each operation as each role.
import { startPlatform } from '../e2e/platform.ts';
import { seedOf } from '../faults/chance.ts';
import { FUZZ_ENV, fuzzPlatform } from '../fuzz/run.ts';

const EXAMPLES = 90;
const LEAST_REQUESTS = 100_000;
const seed = seedOf(process.env);
const chosen = process.argv[2];
const examples = Number(chosen ?? EXAMPLES);
// A few requests leave no room for all that the limits of each parameter ask for.
const phases = examples < EXAMPLES ? 'fuzzing' : 'coverage,fuzzing';

const rows: string[] = [];
let sent = 0;
let faultCount = 0;
const platform = await startPlatform(FUZZ_ENV);
try {
  for await (const { role, requests, operations, faults, log } of fuzzPlatform(platform, { examples, phases, seed })) {
    if (faults.length > 0) console.log(log);
    console.log(`${role}: ${requests} requests to ${operations} operations, ${faults.length} faults`);
    rows.push(`| ${role} | ${requests.toLocaleString('en')} | ${operations} | ${faults.length} |`);
    rows.push(...faults.map((fault) => `| | | | ${fault.replaceAll('|', '\\|')} |`));
    sent += requests;
    faultCount += faults.length;
  }
} finally {
  await platform.stop();
}
console.log('--- report');
console.log(
  [
    `Schemathesis with all of its checks, phases ${phases}, up to ${examples} of each operation as each role, at a whole platform through its gateway.`,
    `Requests: **${sent.toLocaleString('en')}**, faults: **${faultCount}**.`,
    '',
    '| role | requests | operations | faults |',
    '|---|---|---|---|',
    ...rows,
  ].join('\n'),
);
process.exitCode = faultCount === 0 && (chosen !== undefined || sent >= LEAST_REQUESTS) ? 0 : 1;
