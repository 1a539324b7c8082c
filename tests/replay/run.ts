import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Equality } from './check.ts';
import { check } from './check.ts';
import type { ReplayPlan } from './plan.ts';
import { planReplay } from './plan.ts';
import type { Played, Stage } from './play.ts';
import { play } from './play.ts';
import { settle } from './readings.ts';
import { readRetailFile } from './retail-file.ts';
import type { Rule } from './rules.ts';
import { RULES } from './rules.ts';
import { salesByDay } from './sums.ts';

const root = join(import.meta.dirname, '..', '..');

/** A file of the same shape as the data set's, with each of its oddities: made by us, so it can be kept here. */
export const MADE_FILE = join(root, 'tests', 'replay', 'made.csv');

/** Where the data set lies, if it is there: the project does not hold it. */
export function findRetailFile(named = process.env.SOUK_RETAIL_CSV): string | undefined {
  return [named, join(root, '..', 'shared', 'data', 'online-retail.csv')].find((file) => file !== undefined && existsSync(file));
}

export interface Replay {
  plan: ReplayPlan;
  played: Played;
  equalities: Equality[];
  importSeconds: number;
  seconds: number;
}

/** Plays a file, or its first `invoices`, and compares what came of it with the file. */
export async function replay(stage: Stage, text: string, invoices?: number): Promise<Replay> {
  const started = performance.now();
  const plan = planReplay(readRetailFile(text), invoices);
  const played = await play(stage, plan);
  await settle(stage.api, played, plan);
  stage.say('all services have heard of all of it');
  const equalities = await check(stage.api, played, plan);
  return { plan, played, equalities, importSeconds: played.importSeconds, seconds: (performance.now() - started) / 1000 };
}

export const isExact = ({ equalities }: Replay): boolean => equalities.every(({ differences }) => differences.length === 0);

const pounds = (pence: number): string => (pence / 100).toLocaleString('en-GB', { style: 'currency', currency: 'GBP' });
const SHOWN = 5;

/** The report, in Markdown. */
export function describeReplay({ plan, equalities, importSeconds, seconds }: Replay): string {
  const { orders, products, adjustments, counts } = plan;
  const lines = orders.reduce((sum, order) => sum + order.lines.length, 0);
  const revenue = orders.reduce((sum, { total }) => sum + total, 0);
  const guests = orders.filter(({ customer }) => customer === undefined).length;
  const shown = equalities.flatMap(({ name, differences }) => differences.slice(0, SHOWN).map((each) => `- ${name}: ${each}`));
  return [
    `${plan.lines} lines of ${plan.invoices} invoices: ${products.length} products, ${orders.length} orders (${guests} of guests) with`,
    `${lines} lines for ${pounds(revenue)} on ${salesByDay(plan).size} days, ${adjustments.length} corrections of stock.`,
    '',
    '| lines | rule | |',
    '|---:|---|---|',
    ...Object.entries(counts).map(([rule, count]) => `| ${count} | ${rule} | ${RULES[rule as Rule]} |`),
    '',
    '| equality | compared | different |',
    '|---|---:|---:|',
    ...equalities.map(({ name, compared, differences }) => `| ${name} | ${compared} | ${differences.length} |`),
    ...(shown.length > 0 ? ['', ...shown] : []),
    '',
    `Rate: ${(orders.length / importSeconds).toFixed(1)} orders and ${(lines / importSeconds).toFixed(0)} lines a second taken;`,
    `${seconds.toFixed(0)} s for everything, catalogue and comparison included.`,
  ].join('\n');
}

/** The one line that a run ends with. */
export function resultLine(done: Replay): string {
  const compared = done.equalities.reduce((sum, each) => sum + each.compared, 0);
  const different = done.equalities.reduce((sum, each) => sum + each.differences.length, 0);
  const rate = `${(done.plan.orders.length / done.importSeconds).toFixed(1)} orders a second`;
  return `replay: ${done.plan.orders.length} orders, ${compared} comparisons, ${different} different, ${rate}`;
}
