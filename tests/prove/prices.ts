// How old a price may be that a stranger is shown: a manager changes it 200 times while many read it through the gateway, which remembers.
import { stockCatalogue } from '../../scripts/demo/catalogue.ts';
import { quantile } from '../bench/rounds.ts';
import { startPlatform } from '../e2e/platform.ts';
import { MOST_AGE_MS, watchPrices } from '../e2e/prices.ts';
import { openRights } from '../e2e/rights.ts';
import { chanceFrom, seedOf } from '../faults/chance.ts';

const CHANGES = 200;
const READERS = 16;

const platform = await startPlatform();
const told: string[] = [];
const say = (line: string) => {
  console.log(line);
  told.push(`- ${line}`);
};

/** How the gateway has answered reads of the catalogue so far, by outcome. */
async function answersByOutcome(): Promise<Map<string, number>> {
  const figures = await (await fetch(`${platform.system.url('gateway')}/metrics`)).text();
  const lines = figures.matchAll(/^souk_catalogue_reads\{[^}]*outcome="(\w+)"[^}]*\} (\d+)/gm);
  return new Map([...lines].map(([, outcome = '', count]) => [outcome, Number(count)]));
}

let isSound = false;
try {
  const { tenant } = await openRights(platform);
  const [product] = await stockCatalogue(platform.api, tenant, { prefix: 'PRICE', count: 1, stock: 1 });
  if (!product) throw new Error('there is no product');
  const before = await answersByOutcome();
  const watch = {
    product,
    token: tenant.admin.token,
    changes: CHANGES,
    readers: READERS,
    chance: chanceFrom(seedOf(process.env)),
  };
  const { reads, agesMs, isLastSeen } = await watchPrices({ ...watch, api: platform.api });
  const after = await answersByOutcome();
  const since = (outcome: string) => (after.get(outcome) ?? 0) - (before.get(outcome) ?? 0);
  const fromMemory = since('hit') + since('shared');
  const oldestMs = Math.max(0, ...agesMs);
  const age = (share: number) => quantile(agesMs, share).toFixed(0);
  say(`${CHANGES} changes of a price, pauses up to 300 ms between them, under ${reads} reads by ${READERS} readers`);
  say(`${((100 * fromMemory) / reads).toFixed(1)} % of the answers were from memory or shared the answer to another's question`);
  say(
    `${agesMs.length} answers had an old price: p50 ${age(0.5)} ms, p99 ${age(0.99)} ms, oldest ${oldestMs.toFixed(0)} ms after the next was acknowledged`,
  );
  say(
    `older than ${MOST_AGE_MS} ms: ${agesMs.filter((ms) => ms > MOST_AGE_MS).length}; last price seen by all: ${isLastSeen ? 'yes' : 'no'}`,
  );
  isSound = oldestMs <= MOST_AGE_MS && isLastSeen && fromMemory > 0;
} finally {
  await platform.stop();
}
console.log('--- report');
console.log(told.join('\n'));
process.exit(isSound ? 0 : 1);
