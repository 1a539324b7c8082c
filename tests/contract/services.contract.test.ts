import type { EventContract } from '@souk/contracts';
import * as contracts from '@souk/contracts';
import { envelope, PREFIXES, SERVICES } from '@souk/contracts';
import type { Endpoint, ServiceDefinition } from '@souk/service-kit';
import { eventLog } from '@souk/service-kit';
import { envelopeFor } from '@souk/testing';
import { calls, callsBy, loadServices } from '../../scripts/docs/services.ts';

/** The queues that are not `<service>.events`; a renamed queue would leave what waits in the old one behind. */
const QUEUES: Partial<Record<string, string>> = { ecommerce: 'product.events', sales: 'order.events' };

/** Operations that are wholly said by their path. Any other POST has a body. */
const BODILESS =
  /\/(?:logout|logout-all|deactivate|reactivate|suspend|resume|cancel|deliver|complete|read|redrive|discard|rebuild|rotate|start)$/;

/** Declared before the feature that publishes them, so that consumers can be written first. This list only gets shorter. */
const AWAITED = new Set([
  ...['audit.checkpoint_signed', 'cart.abandoned', 'chat.message_sent', 'chat.typing'],
  ...['import.progressed', 'inventory.transferred', 'invoice.issued', 'notification.delivered', 'order.returned'],
  ...['presence.changed', 'return.approved', 'return.exchanged', 'return.received', 'return.refund_requested'],
  ...['return.rejected', 'return.requested', 'review.created', 'wishlist.item_added'],
]);

const exported: Record<string, unknown> = contracts;
const events = Object.values(exported).filter(isEvent);
const services = new Map<string, ServiceDefinition>();
const all = () => [...services.values()];
const each = <Found>(find: (service: ServiceDefinition) => readonly Found[]) =>
  all().flatMap((service) => find(service).map((found) => ({ service, found })));
const nameOf = ({ method, path }: Pick<Endpoint, 'method' | 'path'>) => `${method} ${path}`;
const isForClients = ({ access }: Endpoint) => access.kind !== 'services';

function isEvent(value: unknown): value is EventContract {
  return typeof value === 'object' && value !== null && 'producer' in value && 'example' in value;
}

beforeAll(async () => {
  for (const service of await loadServices()) services.set(service.name, service);
});

test('all thirteen services are there', () => {
  expect([...services.keys()]).toEqual([...SERVICES]);
});

test.each(events.map((contract) => [contract.type, contract] as const))('%s takes its own example', (_type, contract) => {
  expect(contract.schema.safeParse(contract.example)).toMatchObject({ success: true });
  const published = envelopeFor(contract, contract.example);
  expect(envelope.safeParse(JSON.parse(JSON.stringify(published)))).toMatchObject({ success: true });
});

test('no two events share a type', () => {
  expect(events.map(({ type }) => type)).toHaveLength(new Set(events.map(({ type }) => type)).size);
});

test('each subscription takes what its producer publishes', () => {
  const broken = each(({ subscriptions }) => subscriptions)
    .filter(({ found: { contract } }) => {
      const declared = events.find(({ type, version }) => type === contract.type && version === contract.version);
      return declared?.producer !== contract.producer || !contract.schema.safeParse(declared.example).success;
    })
    .map(({ service, found }) => `${service.name} listens to ${found.contract.type}`);
  expect(broken).toEqual([]);
});

test('each declared event is published, or known to wait for its producer', () => {
  const published = new Set(each(({ publishes }) => publishes).map(({ found }) => found.type));
  const missing = events.map(({ type }) => type).filter((type) => !published.has(type));
  expect(missing.filter((type) => !AWAITED.has(type))).toEqual([]);
  expect([...AWAITED].filter((type) => published.has(type))).toEqual([]);
});

test('a service listens to a fact once, and publishes each event once', () => {
  const repeated = all().flatMap(({ name, subscriptions, publishes }) => [
    ...twice(subscriptions.filter(({ replicas }) => replicas === 'one').map(({ contract }) => `${name} on ${contract.type}`)),
    ...twice(publishes.map(({ type }) => `${name} publishes ${type}`)),
  ]);
  expect(repeated).toEqual([]);
});

test('each published event is published by the service that its contract names', () => {
  const foreign = each(({ publishes }) => publishes).filter(({ service, found }) => found.producer !== service.name);
  expect(foreign.map(({ service, found }) => `${service.name} publishes ${found.type} of ${found.producer}`)).toEqual([]);
});

test('each queue has the name of its service or one that is listed, and none is shared', () => {
  const queues = each(({ queues }) => queues).filter(({ found }) => found.topic === 'ecommerce_exchange');
  const misnamed = queues.filter(({ service, found }) => {
    const { name } = service;
    return found.component === 'pubsub' && found.queue !== (QUEUES[name] ?? `${name}.events`);
  });
  expect(misnamed.map(({ service, found }) => `${service.name}: ${found.queue}`)).toEqual([]);
  expect(twice(each(({ queues }) => queues).map(({ found }) => found.queue))).toEqual([]);
});

test('a service has one queue for each component and exchange, because Dapr forgets a second one', () => {
  expect(
    twice(each((service) => service.queues).map(({ service, found }) => `${service.name}: ${found.component} ${found.topic}`)),
  ).toEqual([]);
});

test.each([...calls])('%s is implemented as its contract says', (_name, call) => {
  const callee = services.get(call.service);
  const found = callee?.endpoints.find((endpoint) => nameOf(endpoint) === nameOf(call));
  expect(found).toBeDefined();
  // The very schemas: a copy would drift from what callers are typed by.
  expect(found?.schemas.body).toBe(call.body);
  expect(found?.schemas.query).toBe(call.query);
  expect(found?.schemas.params).toBe(call.params);
  expect(found?.schemas.output).toBe(call.output);
});

test('whoever holds anything of people gives it to auth, and nobody else is asked', () => {
  const givers = each(({ endpoints }) => endpoints).filter(({ found }) => found.path === '/internal/users/:id/data');
  expect(givers.map(({ service }) => service.name).sort()).toEqual([...contracts.PERSONAL_DATA_HOLDERS].sort());
});

test('whoever holds anything of companies removes it when one was deleted; audit alone keeps all', () => {
  const ofCompanies = all().filter(({ stores }) =>
    stores.some(({ name, scope }) => scope.company !== undefined && name !== eventLog.name),
  );
  const disobeying = ofCompanies.filter(
    ({ jobs, subscriptions }) =>
      !jobs.some(({ name }) => name === 'purge-deleted-companies') ||
      !subscriptions.some(({ contract }) => contract.type === contracts.companyDeleted.type),
  );
  expect(disobeying.map(({ name }) => name)).toEqual(['audit']);
});

const kitMakes = new Set<contracts.CallContract>(
  [contracts.fetchJwks, contracts.listRevocations].map((call) => call as contracts.CallContract),
);

test('whoever makes a call may make it', () => {
  const refused = all().flatMap(({ name }) =>
    callsBy(name)
      .filter((call) => {
        const { access } = services.get(call.service)?.endpoints.find((one) => nameOf(one) === nameOf(call)) ?? {};
        return access?.kind === 'services' && access.callers !== 'all' && !access.callers.includes(name);
      })
      .map((call) => `${name} may not call ${nameOf(call)} of ${call.service}`),
  );
  expect(refused).toEqual([]);
});

test('whoever may make a call makes it', () => {
  const idle = [...calls.values()]
    .filter((call) => !kitMakes.has(call))
    .flatMap((call) => {
      const { access } = services.get(call.service)?.endpoints.find((one) => nameOf(one) === nameOf(call)) ?? {};
      const named = access?.kind === 'services' && access.callers !== 'all' ? access.callers : [];
      return named
        .filter((name) => !callsBy(name).some((made) => nameOf(made) === nameOf(call)))
        .map((name) => `${name} never calls ${nameOf(call)} of ${call.service}`);
    });
  expect(idle).toEqual([]);
});

test('no service calls itself, and every call but those of the kit is made by somebody', () => {
  const made = all().flatMap(({ name }) => callsBy(name).map((call) => ({ name, call })));
  expect(made.filter(({ name, call }) => call.service === name)).toEqual([]);
  const idle = [...calls].filter(([, call]) => !kitMakes.has(call) && !made.some((one) => one.call === call));
  expect(idle.map(([name]) => name)).toEqual([]);
});

test('each endpoint that writes has a schema of its body, or a path that says it all', () => {
  const bare = each(({ endpoints }) => endpoints).filter(
    ({ found }) =>
      ['POST', 'PUT', 'PATCH'].includes(found.method) &&
      !found.schemas.body &&
      !(found.method === 'POST' && BODILESS.test(found.path)),
  );
  expect(bare.map(({ service, found }) => `${service.name}: ${nameOf(found)}`)).toEqual([]);
});

test('each path parameter has a schema, and each schema of parameters a path', () => {
  const wrong = each(({ endpoints }) => endpoints).filter(
    ({ found }) => found.path.includes(':') !== (found.schemas.params !== undefined),
  );
  expect(wrong.map(({ service, found }) => `${service.name}: ${nameOf(found)}`)).toEqual([]);
});

test('each endpoint that answers with something has a schema of it', () => {
  const bare = each(({ endpoints }) => endpoints).filter(
    // The gateway's documents are standards', not ours.
    ({ found }) =>
      found.status !== 204 &&
      !found.schemas.output &&
      !['/api/openapi.json', '/api/asyncapi.json', '/api/docs', '/users/:id/export'].includes(found.path),
  );
  expect(bare.map(({ service, found }) => `${service.name}: ${nameOf(found)}`)).toEqual([]);
});

test('each endpoint has an access that lets somebody in', () => {
  const shut = each(({ endpoints }) => endpoints).filter(({ found: { access } }) => {
    if (access.kind === 'roles') return Object.keys(access.reach).length === 0;
    return !['public', 'services'].includes(access.kind);
  });
  expect(shut.map(({ service, found }) => `${service.name}: ${nameOf(found)}`)).toEqual([]);
});

test('no operation is declared twice, by one service or two', () => {
  const shape = (endpoint: Endpoint) => nameOf(endpoint).replace(/:\w+/g, ':');
  const forClients = each(({ endpoints }) => endpoints.filter(isForClients)).map(({ found }) => shape(found));
  const internal = each(({ endpoints }) => endpoints.filter((endpoint) => !isForClients(endpoint))).map(
    ({ service, found }) => `${service.name}: ${shape(found)}`,
  );
  expect(twice([...forClients, ...internal])).toEqual([]);
});

test("clients' paths begin with a segment that is the service's own at the gateway", () => {
  const strange = each(({ name, endpoints }) => (name === 'gateway' ? [] : endpoints.filter(isForClients))).filter(
    ({ service, found }) => PREFIXES[found.path.split('/')[1] ?? ''] !== service.name,
  );
  expect(strange.map(({ service, found }) => `${service.name}: ${nameOf(found)}`)).toEqual([]);
});

test('internal paths are closed to clients, whatever their segment', () => {
  const open = each(({ endpoints }) => endpoints.filter(isForClients)).filter(({ found }) => found.path.startsWith('/internal/'));
  expect(open.map(({ service, found }) => `${service.name}: ${nameOf(found)}`)).toEqual([]);
});

function twice(names: readonly string[]): string[] {
  return names.filter((name, index) => names.indexOf(name) !== index);
}
