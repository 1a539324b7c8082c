import { readFileSync } from 'node:fs';
import type { Replay } from '../replay/run.ts';
import { findRetailFile, isExact, MADE_FILE, replay, resultLine } from '../replay/run.ts';
import type { Platform } from './platform.ts';
import { startPlatform } from './platform.ts';

const FIRST_INVOICES = 300;
const retailFile = findRetailFile();
const played =
  retailFile === undefined ? 'a made file, because the data set is not there' : `the first ${FIRST_INVOICES} invoices`;

let platform: Platform;
let done: Replay;

beforeAll(async () => {
  platform = await startPlatform();
  const stage = {
    api: platform.api,
    mailUrl: platform.system.mailUrl,
    superToken: platform.superAdmin.token,
    say: () => undefined,
  };
  done = await replay(stage, readFileSync(retailFile ?? MADE_FILE, 'utf8'), FIRST_INVOICES);
  process.stderr.write(`${resultLine(done)} (${played})\n`);
}, 300_000);

afterAll(() => platform?.stop(), 60_000);

test(`${played}: totals, revenue by day, stock and its movements are those of the file`, () => {
  const differences = done.equalities.flatMap(({ name, differences }) => differences.map((each) => `${name}: ${each}`));
  expect(differences.slice(0, 20)).toEqual([]);
  expect(done.equalities.every(({ compared }) => compared > 0)).toBe(true);
  expect(isExact(done)).toBe(true);
});

test(`${played}: every line falls under one rule`, () => {
  const counted = Object.values(done.plan.counts).reduce((sum, count) => sum + count, 0);
  expect(counted).toBe(done.plan.lines);
});
