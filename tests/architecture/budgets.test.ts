import { posix } from 'node:path';
import { readModule } from './module-reading.ts';
import { filesMatching, lineCount, productCode } from './source-tree.ts';

interface Measured {
  readonly where: string;
  readonly lines: number;
}

interface Budget {
  readonly median: number;
  readonly p90: number;
}

// The hard limits of one file and one function are the linter's; what it cannot see is how long they are on the whole.
const fileBudget: Budget = { median: 60, p90: 150 };
const functionBudget: Budget = { median: 12, p90: 35 };
/** What the kit has grown to. The aim is 3,000 (docs/adr/0003): this number only ever goes down. */
const KIT_LINES = 4_860;

const files: Measured[] = productCode.map((path) => ({ where: path, lines: lineCount(path) }));
const functions: Measured[] = productCode.flatMap((path) =>
  readModule(path).functions.map(({ name, lines }) => ({ where: `${path} ${name}`, lines })),
);

/** The smallest length that at least `share` of all do not exceed. */
function quantile(measured: readonly Measured[], share: number): number {
  const lengths = measured.map(({ lines }) => lines).sort((a, b) => a - b);
  return lengths[Math.ceil(lengths.length * share) - 1] ?? 0;
}

describe.each([
  { what: 'files', measured: files, budget: fileBudget },
  { what: 'functions', measured: functions, budget: functionBudget },
])('the lengths of $what', ({ measured, budget }) => {
  test(`have a median of at most ${budget.median} lines`, () => {
    expect(quantile(measured, 0.5)).toBeLessThanOrEqual(budget.median);
  });

  test(`are within ${budget.p90} lines for nine in ten`, () => {
    expect(quantile(measured, 0.9)).toBeLessThanOrEqual(budget.p90);
  });
});

describe('the service kit', () => {
  const sources = filesMatching(/^packages\/service-kit\/src\/.*\.ts$/);
  const tests = filesMatching(/^packages\/service-kit\/test\/.*\.test\.ts$/).map((path) => posix.basename(path));

  test(`has less than ${KIT_LINES} lines without its tests`, () => {
    const total = sources.reduce((sum, path) => sum + lineCount(path), 0);
    expect(total).toBeLessThan(KIT_LINES);
  });

  test('has a test for each file that does something', () => {
    const untested = sources.filter((path) => {
      const name = posix.basename(path, '.ts');
      const isTested = tests.some((file) => file.startsWith(`${name}.`));
      return name !== 'index' && !isTested && !readModule(path).isTypesOnly;
    });
    expect(untested).toEqual([]);
  });
});
