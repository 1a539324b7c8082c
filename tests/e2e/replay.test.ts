import { readFileSync } from 'node:fs';
import { check } from '../replay/check.ts';
import type { ReplayPlan } from '../replay/plan.ts';
import type { Replay } from '../replay/run.ts';
import { findRetailFile, MADE_FILE, replay, resultLine } from '../replay/run.ts';
import type { Platform } from './platform.ts';
import { startPlatform } from './platform.ts';

const FIRST_INVOICES = 300;

interface Source {
  /** What was played, in the title and in what is printed. */
  name: string;
  file: string;
  /** How many invoices must have been played of it. */
  invoices: number;
}

/** The numbers that stand first in the lines of a file, each once, as they come: read without anything that is tested here. */
const numbersIn = (file: string): string[] => [
  ...new Set([...readFileSync(file, 'utf8').matchAll(/^([A-Z]?\d{6}),/gm)].map(([, number = '']) => number)),
];

const retailFile = findRetailFile();
const source: Source =
  retailFile === undefined
    ? { name: 'THE DATA SET IS NOT THERE, so only a made file', file: MADE_FILE, invoices: numbersIn(MADE_FILE).length }
    : { name: `the first ${FIRST_INVOICES} invoices of the data set`, file: retailFile, invoices: FIRST_INVOICES };

const differencesOf = ({ equalities }: Replay) =>
  equalities.flatMap(({ name, differences }) => differences.map((each) => `${name}: ${each}`));

/** Invoices that the platform took as an order or as corrections of its stock. */
const invoicesOf = ({ played, plan }: Replay): string[] => [
  ...new Set([...played.totals.keys(), ...plan.adjustments.map(({ invoiceNo }) => invoiceNo)]),
];

/** Cancellations are set aside, and so is the one made invoice that only books a service which was not sold. */
const isPlayed = (invoice: string): boolean => !invoice.startsWith('C') && invoice !== '900017';

describe('a retailer whose invoices are played into the platform', () => {
  let platform: Platform;
  let done: Replay;

  const playFile = (file: string): Promise<Replay> => {
    const { api, system, superAdmin } = platform;
    const stage = { api, mailUrl: system.mailUrl, superToken: superAdmin.token, say: () => undefined };
    return replay(stage, readFileSync(file, 'utf8'), FIRST_INVOICES);
  };

  beforeAll(async () => {
    platform = await startPlatform();
    done = await playFile(MADE_FILE);
  }, 300_000);

  afterAll(() => platform?.stop(), 60_000);

  test(`has its orders, revenue by day, stock and movements; played: ${source.name}`, async () => {
    const played = retailFile === undefined ? done : await playFile(retailFile);
    process.stderr.write(`${resultLine(played)}; played: ${source.name}\n`);
    expect(played.plan.invoices).toBe(source.invoices);
    expect(invoicesOf(played).sort()).toEqual(numbersIn(source.file).slice(0, source.invoices).filter(isPlayed).sort());
    expect(differencesOf(played).slice(0, 20)).toEqual([]);
    expect(played.equalities.every(({ compared }) => compared > 0)).toBe(true);
    expect(Object.values(played.plan.counts).reduce((sum, count) => sum + count, 0)).toBe(played.plan.lines);
  }, 300_000);

  test('has them of a made file with every oddity', () => {
    expect(differencesOf(done)).toEqual([]);
  });

  const tampered: [string, (plan: ReplayPlan) => void, string[]][] = [
    [
      'a penny more',
      (plan) => void Object.assign(plan.orders[0]?.lines[0] ?? {}, { unitPrice: 1 }),
      ['orders with', 'what sold'],
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
      ['order totals', 'orders with', 'orders, units', 'what sold', 'stock movements'],
    ],
    ['a lost correction', (plan) => void plan.adjustments.shift(), ['stock movements']],
    [
      'pieces never found',
      (plan) => void Object.assign(plan.adjustments[1] ?? {}, { delta: 19 }),
      ['stock left', 'stock movements'],
    ],
  ];

  test.each(tampered)('is told apart from a file with %s, by the sums it touches and no others', async (_case, tamper, seen) => {
    const plan = structuredClone(done.plan);
    tamper(plan);
    const found = (await check(platform.api, done.played, plan)).filter(({ differences }) => differences.length > 0);
    expect(found).toHaveLength(seen.length);
    for (const [index, { name }] of found.entries()) expect(name).toContain(seen[index]);
  });
});
