import { readFileSync } from 'node:fs';
import { check } from '../replay/check.ts';
import type { ReplayPlan } from '../replay/plan.ts';
import type { Replay } from '../replay/run.ts';
import { findRetailFile, MADE_FILE, replay, resultLine } from '../replay/run.ts';
import type { Platform } from './platform.ts';
import { startPlatform } from './platform.ts';

const FIRST_INVOICES = 300;
const retailFile = findRetailFile();
const theFile =
  retailFile === undefined ? 'a made file, because the data set is not there' : `its first ${FIRST_INVOICES} invoices`;

let platform: Platform;

beforeAll(async () => {
  platform = await startPlatform();
}, 240_000);

afterAll(() => platform?.stop(), 60_000);

const playFile = (file: string): Promise<Replay> => {
  const { api, system, superAdmin } = platform;
  const stage = { api, mailUrl: system.mailUrl, superToken: superAdmin.token, say: () => undefined };
  return replay(stage, readFileSync(file, 'utf8'), FIRST_INVOICES);
};

const differencesOf = ({ equalities }: Replay) =>
  equalities.flatMap(({ name, differences }) => differences.map((each) => `${name}: ${each}`));

test(`orders, revenue by day, stock and movements of a retailer are those of the file: ${theFile}`, async () => {
  const done = await playFile(retailFile ?? MADE_FILE);
  process.stderr.write(`${resultLine(done)} (${theFile})\n`);
  expect(differencesOf(done).slice(0, 20)).toEqual([]);
  expect(done.equalities.every(({ compared }) => compared > 0)).toBe(true);
  expect(Object.values(done.plan.counts).reduce((sum, count) => sum + count, 0)).toBe(done.plan.lines);
}, 300_000);

describe('of a made file with every oddity', () => {
  let done: Replay;

  beforeAll(async () => {
    done = await playFile(MADE_FILE);
  }, 120_000);

  test('all sums are those of the file', () => {
    expect(differencesOf(done)).toEqual([]);
  });

  const tampered: [string, (plan: ReplayPlan) => void, string[]][] = [
    [
      'a penny more',
      (plan) => void Object.assign(plan.orders[0]?.lines[0] ?? {}, { unitPrice: 1 }),
      ['orders', 'what sold best'],
    ],
    [
      'another total',
      (plan) => void Object.assign(plan.orders[0] ?? {}, { total: 1 }),
      ['order totals', 'orders with', 'orders, units'],
    ],
    ['another day', (plan) => void Object.assign(plan.orders[0] ?? {}, { day: '2010-03-28' }), ['orders, units']],
    [
      'a missing order',
      (plan) => void plan.orders.pop(),
      ['order totals', 'orders with', 'orders, units', 'what sold best', 'stock movements'],
    ],
    ['a lost correction', (plan) => void plan.adjustments.shift(), ['stock movements']],
    [
      'pieces never found',
      (plan) => void Object.assign(plan.adjustments[1] ?? {}, { delta: 19 }),
      ['stock left', 'stock movements'],
    ],
  ];

  test.each(tampered)('%s is seen where it counts', async (_case, tamper, seen) => {
    const plan = structuredClone(done.plan);
    tamper(plan);
    const found = (await check(platform.api, done.played, plan)).filter(({ differences }) => differences.length > 0);
    for (const name of seen) expect(found.map((each) => each.name).filter((each) => each.startsWith(name))).not.toEqual([]);
    expect(found.length).toBeLessThan(6);
  });
});
