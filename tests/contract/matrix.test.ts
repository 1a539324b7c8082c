import { SERVICES } from '@souk/contracts';
import type { ServiceDefinition } from '@souk/service-kit';
import type { TestService } from '@souk/testing';
import { eventually, startTestService } from '@souk/testing';
import { loadServices } from '../../scripts/docs/services.ts';
import { service as gateway } from '../../services/gateway/src/service.ts';
import { answerCalls, seedAll } from './bad-input/foreign.ts';
import { belongings } from './matrix/belongings.ts';
import { CALLERS, RELATIONS } from './matrix/callers.ts';
import type { Cell } from './matrix/cells.ts';
import { cellsOf, faultOf, nameOf } from './matrix/cells.ts';
import { settings } from './settings.ts';

/**
 * Who may do what: every operation by every caller about what is theirs, another shop's and another company's, from the declarations.
 * The rows are in docs/map.md; here every cell of them is asked of the service itself, and one pair of each of the gateway.
 */
let services: ServiceDefinition[];
let kitStores: Set<string>;
let total = 0;
let through = 0;
/** Answers that were kept under a key when another came with the same. */
let kept = 0;

beforeAll(async () => {
  services = await loadServices();
  kitStores = new Set(services.find(({ name }) => name === 'gateway')?.stores.map(({ name }) => name));
});
afterAll(() =>
  process.stdout.write(
    `${total} cells asked of services, ${through} through the gateway; ${kept} kept answers asked for by others\n`,
  ),
);

const NO_LIMIT = '1000000';
const OPEN_GATEWAY = {
  ...{ LIMIT_PER_IP: NO_LIMIT, LIMIT_PER_USER: NO_LIMIT, LIMIT_SIGN_IN_PER_IP: NO_LIMIT, LIMIT_SIGN_IN_PER_ACCOUNT: NO_LIMIT },
};

describe.each(SERVICES.filter((name) => name !== 'gateway'))('%s', (name) => {
  let app: TestService;
  let service: ServiceDefinition;
  let stores: string[];
  let cells: Cell[];

  beforeAll(async () => {
    const found = services.find((one) => one.name === name);
    if (!found) throw new Error(`there is no service ${name}`);
    service = found;
    stores = service.stores.map((store) => store.name).filter((store) => !kitStores.has(store));
    const asked = service.endpoints.filter(({ access }) => access.kind !== 'services');
    cells = asked.flatMap(cellsOf);
    expect(cells.length).toBeGreaterThanOrEqual(asked.length * CALLERS.length * RELATIONS.length);
    app = await startTestService({ ...service, jobs: [] }, settings[name]);
    answerCalls(app, service);
  }, 60_000);
  afterAll(() => app?.stop());

  const ask = (door: TestService, { method, path, request }: Cell, prefix = '') =>
    door.request(method, `${prefix}${path}`, request);

  test('lets nobody in but whom its declarations let in, and shows strangers nothing', async () => {
    await seedAll(app, stores);
    const before = await belongings(app, stores);
    const faults: string[] = [];
    for (const cell of cells.filter((one) => one.relation !== 'own' && !changesByRight(one))) {
      faults.push(...[faultOf(cell, await ask(app, cell))].filter((fault) => fault !== undefined));
      total += 1;
    }
    expect(faults).toEqual([]);
    expect(await belongings(app, stores)).toEqual(before);
  }, 180_000);

  test('lets everybody do what is theirs to do', async () => {
    const faults: string[] = [];
    let isAsSeeded = false;
    for (const cell of cells.filter((one) => one.relation === 'own' || changesByRight(one))) {
      if (!isAsSeeded) await seedAll(app, stores);
      const answer = await ask(app, cell);
      isAsSeeded = cell.method === 'GET' || answer.status >= 400;
      faults.push(...[faultOf(cell, answer)].filter((fault) => fault !== undefined));
      total += 1;
    }
    expect(faults).toEqual([]);
  }, 240_000);

  test('gives nobody the answer that another was given under the same key', async () => {
    const faults: string[] = [];
    for (const { mine, theirs } of keyedPairs(cells)) {
      await seedAll(app, stores);
      const headers = { 'idempotency-key': crypto.randomUUID() };
      const same = (one: Cell): Cell => ({
        ...one,
        request: { ...one.request, headers: { ...one.request.headers, ...headers } },
      });
      const first = await ask(app, same(mine));
      if (first.status < 300) kept += 1;
      const { headers: answered } = await ask(app, same(theirs));
      if (answered['idempotent-replayed'] !== undefined) faults.push(nameOf(theirs));
      total += 2;
    }
    expect(faults).toEqual([]);
  }, 120_000);

  test('is no different through the gateway', async () => {
    const door = await startTestService(gateway, { env: { ...OPEN_GATEWAY, UPSTREAMS: `${name}=${app.url}` } });
    try {
      const pairs = onePairEach(cells);
      await seedAll(app, stores);
      const faults: string[] = [];
      for (const cell of pairs) {
        await eventually(async () => expect((await ask(door, cell, '/api')).body?.code).not.toBe('gateway.service_away'));
        if (cell.relation === 'own' && cell.method !== 'GET') await seedAll(app, stores);
        const fault = faultOf(cell, await ask(door, fresh(cell), '/api'));
        faults.push(...(fault === undefined ? [] : [fault]));
        through += 1;
      }
      expect(faults).toEqual([]);
    } finally {
      await door.stop();
    }
  }, 180_000);
});

/** A super admin, and an administrator of the same company, change another shop's things by right. */
const changesByRight = ({ method, relation, verdict }: Cell): boolean =>
  verdict === 'in' && method !== 'GET' && relation !== 'own';

/** Of each operation one caller who is let in, and one who is not. */
function onePairEach(cells: readonly Cell[]): Cell[] {
  const plain = cells.filter(({ forged }) => forged === '');
  const operations = new Map(plain.map((cell) => [nameOf(cell).split(' by ')[0], cell.endpoint]));
  return [...operations.values()].flatMap((endpoint) => {
    const mine = plain.filter((cell) => cell.endpoint === endpoint);
    const inside = mine.find(({ verdict, relation }) => verdict === 'in' && relation === 'own');
    const outside =
      mine.find(({ verdict }) => verdict === 'hidden') ?? mine.find(({ verdict }) => verdict === 403 || verdict === 401);
    return [inside, outside].filter((cell) => cell !== undefined);
  });
}

/** Of each operation that takes a key one caller who is let in, and the same of another company. */
function keyedPairs(cells: readonly Cell[]): { mine: Cell; theirs: Cell }[] {
  const keyed = cells.filter((one) => one.forged === '' && one.request.headers?.['idempotency-key'] !== undefined);
  return [...new Set(keyed.map(({ endpoint }) => endpoint))].flatMap((endpoint) => {
    const all = keyed.filter((one) => one.endpoint === endpoint);
    const mine = all.find(({ caller, relation, verdict }) => caller !== 'no token' && relation === 'own' && verdict === 'in');
    const theirs = all.find(({ caller, relation }) => caller === mine?.caller && relation === 'other company');
    return mine && theirs ? [{ mine, theirs }] : [];
  });
}

const fresh = (cell: Cell): Cell => ({
  ...cell,
  request: {
    ...cell.request,
    headers: {
      ...cell.request.headers,
      ...(cell.request.headers?.['idempotency-key'] !== undefined && { 'idempotency-key': crypto.randomUUID() }),
    },
  },
});
