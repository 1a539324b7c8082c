import { findUserByEmail, SERVICES } from '@souk/contracts';
import type { ServiceDefinition } from '@souk/service-kit';
import type { TestService } from '@souk/testing';
import { startTestService } from '@souk/testing';
import { loadServices } from '../../scripts/docs/services.ts';
import type { Case } from './bad-input/cases.ts';
import { casesOf, withOwnKey } from './bad-input/cases.ts';
import { contentsOf } from './bad-input/contents.ts';
import type { Foreign } from './bad-input/foreign.ts';
import { answerCalls, faultOfList, faultOfOwner, faultOfStatus, foreignCasesOf, OPEN, seedAll } from './bad-input/foreign.ts';
import { faultOfStale, staleCasesOf } from './bad-input/stale.ts';
import { settings } from './settings.ts';

const AT_ONCE = 16;

/** Services whose endpoints name nothing by its id that is a company's, a shop's or a person's. */
const OF_NOBODY = new Set<string>(['gateway', 'websocket', 'analytics']);

let services: ServiceDefinition[];
/** Stores that the kit keeps in every service. */
let kitStores: Set<string>;
let total = 0;

beforeAll(async () => {
  services = await loadServices();
  kitStores = new Set(services.find(({ name }) => name === 'gateway')?.stores.map(({ name }) => name));
});
afterAll(() => process.stdout.write(`${total} cases of bad input\n`));

test('leaves no endpoint out that is not there', () => {
  const declared = services.flatMap(({ endpoints }) => endpoints.map(({ method, path }) => `${method} ${path}`));
  expect(declared).toEqual(expect.arrayContaining(Object.keys(OPEN)));
});

describe.each(SERVICES)('%s', (name) => {
  let app: TestService;
  let service: ServiceDefinition;

  beforeAll(async () => {
    const found = services.find((one) => one.name === name);
    if (!found) throw new Error(`there is no service ${name}`);
    service = found;
    // Without its jobs, a service writes only what it is asked to.
    app = await startTestService({ ...service, jobs: [] }, settings[name]);
    // The one read that fails without auth: to it, every address is nobody's.
    app.sidecar.answer(findUserByEmail, () => ({}));
  }, 60_000);
  afterAll(() => app?.stop());

  const ownStores = () => service.stores.map((store) => store.name).filter((store) => !kitStores.has(store));

  test('refuses whatever is not as its declarations say, writes nothing, and never fails itself', async () => {
    const cases = service.endpoints.flatMap((endpoint) => casesOf(endpoint, service.endpoints));
    expect(cases.length > 0).toBe(service.endpoints.length > 0);
    const before = await contentsOf(app);
    const faults: string[] = [];
    for (let from = 0; from < cases.length; from += AT_ONCE) {
      const found = await Promise.all(cases.slice(from, from + AT_ONCE).map((one) => faultOf(app, one)));
      faults.push(...found.flat());
      total += found.length;
    }
    expect(faults).toEqual([]);
    expect(await contentsOf(app)).toEqual(before);
  }, 120_000);

  test('keeps from strangers what exists and is not theirs, and writes nothing', async () => {
    const cases = service.endpoints.flatMap(foreignCasesOf);
    expect(cases.length > 0).toBe(!OF_NOBODY.has(name));
    answerCalls(app, service);
    await seedAll(app, ownStores());
    const before = await contentsOf(app);
    const faults: string[] = [];
    for (const one of cases) faults.push(...(await faultOfStranger(app, one)));
    total += cases.length;
    expect(faults).toEqual([]);
    expect(await contentsOf(app)).toEqual(before);
    for (const one of cases) {
      await seedAll(app, ownStores());
      const answer = await app.request(one.owner.method, one.owner.path, one.owner);
      faults.push(...faultOfOwner(one, answer), ...faultOfStatus(one.endpoint, answer));
    }
    expect(faults).toEqual([]);
  }, 120_000);

  test('refuses a stale version wherever the reference says so, and nowhere else', async () => {
    const faults: string[] = [];
    answerCalls(app, service);
    for (const endpoint of service.endpoints)
      for (const one of staleCasesOf(endpoint)) {
        await seedAll(app, ownStores());
        total += 1;
        faults.push(...faultOfStale(one, endpoint, await app.request(one.method, one.path, withOwnKey(one))));
      }
    expect(faults).toEqual([]);
  }, 120_000);
});

async function faultOfStranger(app: TestService, { stranger, isList }: Foreign): Promise<string[]> {
  if (!isList) return faultOf(app, stranger);
  return faultOfList(stranger, await app.request(stranger.method, stranger.path, stranger));
}

/** What is wrong with the answer to a case: nothing, as a rule. */
async function faultOf(app: TestService, { name, method, path, headers, body, expected }: Case): Promise<string[]> {
  const answer = await app.request(method, path, { headers, ...(body !== undefined && { body }) });
  const say = (what: string) => [`${method} ${path.slice(0, 120)} with ${name}: ${what}`];
  const { status, body: problem } = answer;
  if (!expected) return status >= 500 ? say(`answered ${status}`) : [];
  if (status !== expected.status || (expected.code !== undefined && problem?.code !== expected.code))
    return say(
      `answered ${status} ${problem?.code ?? ''} ${problem?.detail ?? ''} instead of ${expected.status} ${expected.code ?? ''}`,
    );
  const type = String(answer.headers['content-type']);
  if (!type.startsWith('application/problem+json')) return say(`answered with ${type}`);
  const members = ['type', 'title', 'status', 'detail', 'instance', 'code', 'requestId'];
  const missing = members.filter((member) => Reflect.get(problem, member) === undefined);
  if (missing.length > 0) return say(`has no ${missing.join(', ')}`);
  if (problem.instance !== path.split('?')[0]) return say(`names the instance ${problem.instance}`);
  return problem.code === 'invalid_request' && !problem.errors?.length ? say('does not say which field is wrong') : [];
}
