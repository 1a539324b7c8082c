import { SERVICES } from '@souk/contracts';
import type { ServiceDefinition } from '@souk/service-kit';
import type { TestService } from '@souk/testing';
import { startTestService } from '@souk/testing';
import { loadServices } from '../../scripts/docs/services.ts';
import type { Case } from './bad-input/cases.ts';
import { casesOf } from './bad-input/cases.ts';
import { settings } from './settings.ts';

const AT_ONCE = 16;

let services: ServiceDefinition[];
let total = 0;

beforeAll(async () => {
  services = await loadServices();
});
afterAll(() => process.stdout.write(`${total} cases of bad input\n`));

describe.each(SERVICES)('%s', (name) => {
  let app: TestService;
  let service: ServiceDefinition;

  beforeAll(async () => {
    const found = services.find((one) => one.name === name);
    if (!found) throw new Error(`there is no service ${name}`);
    service = found;
    app = await startTestService(service, settings[name]);
  }, 60_000);
  afterAll(() => app?.stop());

  test('refuses whatever is not as its declarations say, writes nothing, and never fails itself', async () => {
    const cases = service.endpoints.flatMap((endpoint) => casesOf(endpoint, service.endpoints));
    total += cases.length;
    const before = await written(app);
    const faults: string[] = [];
    for (let from = 0; from < cases.length; from += AT_ONCE)
      faults.push(...(await Promise.all(cases.slice(from, from + AT_ONCE).map((one) => faultOf(app, one)))).flat());
    expect(faults).toEqual([]);
    expect(await written(app)).toEqual(before);
  }, 120_000);
});

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

/** Stores that a service writes by itself, whoever asks or does not ask. */
const BY_ITSELF = ['leases', 'sweep_cursors', 'subscription_starts', 'migrations'];

/** How many documents each store has. */
async function written(app: TestService): Promise<Record<string, number>> {
  const stores = app.running.runtime.service.stores.filter(({ name }) => !BY_ITSELF.includes(name));
  return Object.fromEntries(await Promise.all(stores.map(async (store) => [store.name, await app.db(store).count({})] as const)));
}
