// Both charts with five sets of values against helm, a real API server that takes every field of what they make, a namespace for hardened pods,
// and the project's own rules.
import type { Chart, ValueSet } from '../deploy/rendering.ts';
import { CASES, podsOf } from '../deploy/rendering.ts';
import type { Standards } from '../deploy/standards.ts';
import { breaking, objectsOf, openStandards, RULES, strangersToTheApi } from '../deploy/standards.ts';

interface Verdict {
  chart: Chart;
  values: ValueSet;
  objects: number;
  pods: number;
  faults: string[];
}

async function hold(standards: Standards, chart: Chart, values: ValueSet): Promise<Verdict> {
  const objects = await objectsOf(standards.helm, chart, values);
  const pods = objects.flatMap(podsOf);
  const faults: string[] = [];
  const ask = async (what: string, check: () => Promise<unknown>) => {
    await check().catch((error: Error) => faults.push(`${what}: ${error.message}`));
  };
  await ask('helm lint', () => standards.lint(chart, values));
  await ask('the API server', () => standards.takeObjects(objects));
  await ask('the namespace for hardened pods', () => standards.takePods(pods));
  for (const rule of Object.keys(RULES))
    faults.push(...breaking(objects, rule).map((name) => `not every container ${rule}: ${name}`));
  faults.push(...strangersToTheApi(objects).map((name) => `may speak to the API server: ${name}`));
  return { chart, values, objects: objects.length, pods: pods.length, faults };
}

const standards = await openStandards((line) => console.log(line));
const verdicts: Verdict[] = [];
try {
  for (const [chart, values] of CASES) {
    const verdict = await hold(standards, chart, values);
    verdicts.push(verdict);
    console.log(`${chart} with ${values}: ${verdict.objects} objects, ${verdict.faults.length} faults`);
  }
} finally {
  await standards.stop();
}
console.log('--- report');
console.log(
  'Each is linted strictly, taken by a real API server with strict fields, its pods by a namespace that enforces `restricted`, and each container held to',
);
console.log(`the project's own rules: it ${Object.keys(RULES).join('; ')}.\n`);
console.log('| values | chart | objects | pods | faults |\n|---|---|---|---|---|');
for (const { values, chart, objects, pods, faults } of verdicts)
  console.log(`| ${values} | ${chart} | ${objects} | ${pods} | ${faults.length} |`);
for (const { values, chart, faults } of verdicts)
  for (const fault of faults) console.log(`\n- ${chart} with ${values}: ${fault}`);
process.exitCode = verdicts.every(({ faults }) => faults.length === 0) ? 0 : 1;
