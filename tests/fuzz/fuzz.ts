// Requests made from the reference, at a system of its own: `npm run fuzz` sends about 100,000, `npm run fuzz -- 2` so many of each
// operation as each role. Whatever is not as the reference says is printed with a command that shows it again.

import { startPlatform } from '../e2e/platform.ts';
import { seedOf } from '../faults/chance.ts';
import { FUZZ_ENV, fuzzPlatform } from './run.ts';

const EXAMPLES = 50;
const seed = seedOf(process.env);
const examples = Number(process.argv[2] ?? EXAMPLES);
// A few requests leave no room for all that the limits of each parameter ask for.
const phases = examples < EXAMPLES ? 'fuzzing' : 'coverage,fuzzing';

console.log(`fuzz: SOUK_SEED=${seed}`);
const platform = await startPlatform(FUZZ_ENV);
try {
  const fuzzed = await fuzzPlatform(platform, { examples, phases, seed });
  for (const { faults, log } of fuzzed) if (faults.length > 0) console.log(log);
  for (const { role, requests, operations, faults } of fuzzed)
    console.log(`${role}: ${requests} requests to ${operations} operations, ${faults.length} faults`);
  process.exitCode = fuzzed.every(({ faults }) => faults.length === 0) ? 0 : 1;
} finally {
  await platform.stop();
}
