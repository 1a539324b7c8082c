import { SERVICES } from '@souk/contracts';
import type { ServiceDefinition } from '@souk/service-kit';
import type { TestService } from '@souk/testing';
import { testDatabaseUri } from '@souk/testing';
import type { Connection } from 'mongoose';
import { loadServices } from '../../scripts/docs/services.ts';
import type { Verdict } from './explain/plans.ts';
import { judge } from './explain/plans.ts';
import type { Query } from './explain/recording.ts';
import { connectionOf, Recording } from './explain/recording.ts';
import { checkSeeds } from './explain/seeds.ts';
import { askAll, hearAll, startSeeded } from './explain/service-run.ts';

// The gateway keeps nothing but what the kit keeps in every service: there, last, the kit's queries of all of them are judged.
const names = [...SERVICES.filter((name) => name !== 'gateway'), 'gateway' as const];
const kitQueries = new Map<string, Query>();
const judged: Verdict[] = [];
let services: ServiceDefinition[];
let kitStores: Set<string>;

beforeAll(async () => {
  services = await loadServices();
  kitStores = new Set(services.find(({ name }) => name === 'gateway')?.stores.map(({ name }) => name));
});
afterAll(() => process.stdout.write(`${summary(judged)}\n`));

describe.each(names)('%s', (name) => {
  let app: TestService;
  let service: ServiceDefinition;
  let stores: string[];

  beforeAll(async () => {
    const found = services.find((one) => one.name === name);
    if (!found) throw new Error(`there is no service ${name}`);
    service = found;
    stores = service.stores.map((store) => store.name).filter((store) => name === 'gateway' || !kitStores.has(store));
    app = await startSeeded(service, stores, `${testDatabaseUri(`explain${process.pid}`)}&monitorCommands=true`);
  }, 60_000);
  afterAll(() => app?.stop());

  test('has an index for every query of its endpoints, events and jobs', async () => {
    const connection = connectionOf(app);
    for (const store of stores) await checkSeeds(connection, store);
    const recording = new Recording(app);
    const run = { app, service, recording, stores };
    const unread = await askAll(run);
    // Judged before events come: what they write would stand before the places that pages went on from.
    const asked = await judgeOwn(connection, recording.take());
    await hearAll(run);
    const heard = await judgeOwn(connection, recording.take());
    const kit = name === 'gateway' ? await judgeAll(connection, [...kitQueries.values()]) : [];
    expect([...unread, ...faultsOf([...asked, ...heard, ...kit])]).toEqual([]);
  }, 120_000);
});

/** Judges what a service's own stores were asked; the kit's queries are put by. */
function judgeOwn(connection: Connection, queries: readonly Query[]): Promise<Verdict[]> {
  for (const query of queries) if (kitStores.has(query.collection)) kitQueries.set(query.shape, query);
  const own = queries.filter(({ collection }) => !kitStores.has(collection));
  return judgeAll(connection, own);
}

async function judgeAll(connection: Connection, queries: readonly Query[]): Promise<Verdict[]> {
  const verdicts: Verdict[] = [];
  for (const query of queries) verdicts.push(await judge(connection, query));
  judged.push(...verdicts);
  return verdicts;
}

const faultsOf = (verdicts: readonly Verdict[]) => verdicts.filter(({ isFine }) => !isFine).map(faultOf);

const faultOf = ({ query, examined, returned, plan }: Verdict) =>
  `${query.asker} looks at ${examined} for ${returned} by ${plan}: ${JSON.stringify(query.command)}`;

/** How much was looked at, and how much of it is fine only by leave. */
function summary(verdicts: readonly Verdict[]): string {
  const shapes = (some: readonly Verdict[]) => new Set(some.map(({ query }) => `${query.service} ${query.shape}`)).size;
  const named = shapes(verdicts.filter(({ hint, allowance }) => hint !== undefined && !allowance));
  const byLeave = shapes(verdicts.filter(({ allowance }) => allowance));
  return `${shapes(verdicts)} shapes of queries explained; ${named} answered by an index that had to be named, ${byLeave} by an allowance`;
}
