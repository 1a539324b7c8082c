import type { Role } from '@souk/contracts';
import { companyCreated, getOrderState, inventoryUpdated, orderConfirmed, shopCreated } from '@souk/contracts';
import type { Endpoint, ServiceDefinition } from '@souk/service-kit';
import { newId, openApiOf } from '@souk/service-kit';
import type { Person, TestService } from '@souk/testing';
import { companyAdmin, eventually, startTestService, tokenFor } from '@souk/testing';
import type { Socket } from 'socket.io-client';
import { io } from 'socket.io-client';
import type { z } from 'zod';
import { loadServices } from '../../scripts/docs/services.ts';
import { service as ecommerceService } from '../../services/ecommerce/src/service.ts';
import { service as gatewayService } from '../../services/gateway/src/service.ts';
import { service as websocketService } from '../../services/websocket/src/service.ts';
import { SAMPLE_ID, sampleOf } from './bad-input/sample.ts';
import type { Caller, Relation } from './matrix/callers.ts';
import { CALLERS, callerIn, RELATIONS, roleOf, verdictOf } from './matrix/callers.ts';
import { settings } from './settings.ts';

/** What the matrix of operations does not reach: sockets, results of searches, and what the gateway remembers. */
let services: ServiceDefinition[];
let total = 0;

beforeAll(async () => {
  services = await loadServices();
});
afterAll(() => process.stdout.write(`${total} cells of sockets, searches and the gateway's memory\n`));

const PAIRS = CALLERS.flatMap((caller) => RELATIONS.map((relation) => ({ caller, relation })));

interface Cell {
  caller: Caller;
  relation: Relation;
}

const nameOf = ({ caller, relation }: Cell) => `${caller} about ${relation}`;

function operation(service: string, path: string): Endpoint {
  const found = services
    .find(({ name }) => name === service)
    ?.endpoints.find((endpoint) => endpoint.method === 'GET' && endpoint.path === path);
  if (!found) throw new Error(`${service} has no GET ${path}`);
  return found;
}

/** Asks of every cell, and gives those where what came of it is not what the operation's declaration says. */
async function faultsOf(
  endpoint: Endpoint,
  ask: (cell: Cell, person: Person | undefined) => Promise<boolean>,
): Promise<string[]> {
  const faults: string[] = [];
  for (const cell of PAIRS) {
    const isDue = verdictOf(cell.caller, cell.relation, endpoint) === 'in';
    const isGiven = await ask(cell, callerIn(cell.caller, cell.relation, endpoint));
    if (isDue !== isGiven)
      faults.push(`${nameOf(cell)}: ${isGiven ? 'is given' : 'is not given'} what GET ${endpoint.path} would`);
    total += 1;
  }
  return faults;
}

describe('a socket', () => {
  let app: TestService;
  const open: Socket[] = [];

  beforeAll(async () => {
    app = await startTestService({ ...websocketService, jobs: [] }, settings.websocket);
    const order = sampleOf(getOrderState.output) as z.infer<typeof getOrderState.output>;
    app.sidecar.answer(getOrderState, () => ({ ...order, companyId: SAMPLE_ID, shopId: SAMPLE_ID, customerId: SAMPLE_ID }));
  });
  afterEach(() => {
    for (const socket of open.splice(0)) socket.close();
  });
  afterAll(() => app?.stop());

  /** A socket and what it was told; undefined where it is refused. */
  async function connect(person: Person | undefined) {
    // Staff who bought what they sell would be told as its buyers.
    const self = person && (person.role === 'customer' ? person : { ...person, userId: newId() });
    const auth = self ? { token: tokenFor(self) } : {};
    const socket = io(app.url, { auth, transports: ['websocket'], reconnection: false, forceNew: true });
    open.push(socket);
    const told: string[] = [];
    socket.onAny((event: string) => told.push(event));
    const isIn = await new Promise<boolean>((resolve) => {
      socket.once('ready', () => resolve(true));
      socket.once('connect_error', () => resolve(false));
    });
    return isIn ? { socket, told } : undefined;
  }

  const owned = { companyId: SAMPLE_ID, shopId: SAMPLE_ID, customerId: SAMPLE_ID, shopIds: [SAMPLE_ID] };

  test('follows the orders that its owner may read, and no others', async () => {
    const faults = await faultsOf(operation('sales', '/orders/:id'), async (_cell, person) => {
      const connected = await connect(person);
      const answer = await connected?.socket.emitWithAck('order:follow', { orderId: SAMPLE_ID });
      return answer?.room === `order:${SAMPLE_ID}`;
    });
    expect(faults).toEqual([]);
  });

  test('asks for what it missed of its own rooms only', async () => {
    const rooms = [`company:${SAMPLE_ID}`, `shop:${SAMPLE_ID}`, `user:${SAMPLE_ID}`, `order:${SAMPLE_ID}`];
    const faults = await faultsOf(operation('sales', '/orders/:id'), async ({ caller }, person) => {
      const connected = await connect(person);
      const answers = await Promise.all(rooms.map((room) => connected?.socket.emitWithAck('since', { room, offset: 0 })));
      // Whoever sees all follows orders, one by one.
      return roleOf(caller) === 'super_admin' ? !!connected : answers.some((answer) => answer?.messages !== undefined);
    });
    expect(faults).toEqual([]);
  });

  const orders = { service: 'sales', path: '/orders/:id', event: 'order:status_updated' };
  const confirm = () => app.deliver(orderConfirmed, { ...orderConfirmed.example, ...owned });
  const stock = { service: 'inventory', path: '/inventory/:id', event: 'inventory:stock_updated' };
  const move = () => app.deliver(inventoryUpdated, { ...inventoryUpdated.example, ...owned });

  test.each([
    ['orders', orders, confirm],
    ['stock', stock, move],
  ])('is told of %s that its owner may read, and of no others', async (_what, { service, path, event }, happen) => {
    const listening: { cell: Cell; told: string[] }[] = [];
    const endpoint = operation(service, path);
    for (const { caller, relation } of PAIRS) {
      const connected = await connect(callerIn(caller, relation, endpoint));
      if (connected) listening.push({ cell: { caller, relation }, told: connected.told });
    }
    const due = listening.filter(
      ({ cell: { caller, relation } }) => verdictOf(caller, relation, endpoint) === 'in' && roleOf(caller) !== 'super_admin',
    );
    await happen();
    await eventually(() => expect(due.every(({ told }) => told.includes(event))).toBe(true));
    const heard = listening.filter(({ told }) => told.includes(event)).map(({ cell }) => nameOf(cell));
    total += PAIRS.length;
    expect(heard.sort()).toEqual(due.map(({ cell }) => nameOf(cell)).sort());
    expect(due.length).toBeGreaterThan(0);
  });
});

describe('a search', () => {
  let app: TestService;
  beforeAll(async () => {
    app = await startTestService({ ...ecommerceService, jobs: [] }, settings.ecommerce);
    const known = { companyId: SAMPLE_ID, name: 'Seller', slug: 'seller', isActive: true };
    await app.deliver(companyCreated, { ...companyCreated.example, ...known });
    await app.deliver(shopCreated, { ...shopCreated.example, shopId: SAMPLE_ID, companyId: SAMPLE_ID, isActive: true });
    const body = {
      ...{ name: 'Prototype', status: 'draft', shopIds: [SAMPLE_ID] },
      variants: [{ sku: 'PROTOTYPE', price: 1_000, weightGrams: 300 }],
    };
    const made = await app.request('POST', '/products', { as: companyAdmin(SAMPLE_ID), body });
    expect(made.status).toBe(201);
  });
  afterAll(() => app?.stop());

  /** Whether a search shows or counts the draft. */
  async function finds(query: string, person: Person | undefined): Promise<boolean> {
    const { status, body } = await app.request('GET', query, person ? { as: person } : {});
    return (
      status === 200 && (body.total > 0 || body.data.length > 0 || /"(?:outOfStock|count)":[1-9]/.test(JSON.stringify(body)))
    );
  }

  test.each(['/products', '/products/search'])('of %s finds drafts for those whose they are, when asked for', async (path) => {
    const endpoint = operation('ecommerce', path);
    const { access } = endpoint;
    const isStaff = (role: Role | undefined) => access.kind === 'roles' && role !== undefined && access.reach[role] !== 'public';
    const faults: string[] = [];
    for (const cell of PAIRS) {
      const { caller, relation } = cell;
      const person = callerIn(caller, relation, endpoint);
      const isDue = isStaff(roleOf(caller)) && verdictOf(caller, relation, endpoint) === 'in';
      if ((await finds(`${path}?q=prototype&status=draft`, person)) !== isDue) faults.push(`${nameOf(cell)}: not ${isDue}`);
      if (await finds(`${path}?q=prototype`, person)) faults.push(`${nameOf(cell)}: found without asking for drafts`);
      total += 2;
    }
    expect(faults).toEqual([]);
  });
});

describe("the gateway's memory", () => {
  let app: TestService;
  const asked: (string | undefined)[] = [];
  beforeAll(async () => {
    app = await startTestService(gatewayService, settings.gateway);
    const document = JSON.stringify(openApiOf(ecommerceService));
    app.sidecar.onInvoke('ecommerce', ({ path, headers }) => {
      if (path !== '/openapi.json') asked.push(headers.authorization);
      const body =
        path === '/openapi.json' ? document : JSON.stringify({ data: [], authorization: headers.authorization ?? 'nobody' });
      return { status: 200, headers: { 'content-type': 'application/json' }, body };
    });
    await eventually(async () => expect((await app.request('GET', '/api/products')).status).toBe(200));
  });
  afterAll(() => app?.stop());

  test('answers nobody but those without a token, and keeps nothing of what others were answered', async () => {
    const faults: string[] = [];
    const endpoint = operation('ecommerce', '/products');
    for (const cell of PAIRS) {
      const path = `/api/products?q=${encodeURIComponent(nameOf(cell))}`;
      const person = callerIn(cell.caller, cell.relation, endpoint);
      const answers = [];
      for (const one of [undefined, person, undefined]) answers.push(await app.request('GET', path, one ? { as: one } : {}));
      const [first, theirs, last] = answers.map(({ body }) => body.authorization);
      if (first !== 'nobody' || last !== 'nobody' || (theirs === 'nobody') !== (person === undefined))
        faults.push(`${nameOf(cell)}: ${first}, ${theirs}, ${last}`);
      total += 3;
    }
    expect(faults).toEqual([]);
    // Half of what nobody asked was remembered, or the test would show nothing.
    expect(asked.filter((who) => who === undefined).length).toBeLessThan(2 * PAIRS.length);
  });
});
