import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { productCreated } from '@souk/contracts';
import { envelopeFor, eventually, testDatabaseUri } from '@souk/testing';
import type { System } from '../../scripts/system/index.ts';
import type { Command } from '../../scripts/system/part.ts';
import { findDaprd } from '../../scripts/system/parts/daprd.ts';
import { planReplica } from '../../scripts/system/parts/service.ts';
import { root } from '../../scripts/system/places.ts';
import { freePorts } from '../../scripts/system/ports.ts';
import { foldersIn } from '../../scripts/system/render.ts';
import { keepTrust } from '../../scripts/system/trust.ts';
import { TOY_PATHS } from './sidecar/toy.ts';
import { CALLEE, CALLER, startToySystem } from './sidecar/toy-system.ts';
import type { Authority } from './tls/authority.ts';
import { makeAuthority } from './tls/authority.ts';
import type { SecureFront, SecureRabbit, SecureServer } from './tls/servers.ts';
import { startFront, startRabbit, startRedis } from './tls/servers.ts';

/**
 * A system by its configuration alone, as `npm run up` takes it: broker, database and Redis over TLS, signed by an authority that no
 * machine knows. Each of its parts comes to them when it is told of that authority, and to none that another one has signed.
 */

const START_MS = 120_000;
const GIVEN = ['RABBITMQ_URL', 'RABBITMQ_MANAGEMENT_URL', 'MONGODB_URI', 'REDIS_URL', 'NODE_EXTRA_CA_CERTS'];

const folder = mkdtempSync(join(tmpdir(), 'souk-tls-'));
const before = GIVEN.map((name) => [name, process.env[name]] as const);
let ours: Authority;
let another: Authority;
let rabbit: SecureRabbit;
let front: SecureFront;
let redis: SecureServer;
let system: System;

beforeAll(async () => {
  [ours, another] = [await makeAuthority(folder, 'ours'), await makeAuthority(folder, 'another')];
  front = await startFront(testDatabaseUri(''), ours.identity);
  [rabbit, redis] = await Promise.all([startRabbit(join(folder, 'rabbitmq'), ours), startRedis(folder, ours)]);
  const given = [rabbit.url, rabbit.managementUrl, front.url, redis.url, ours.file];
  for (const [index, name] of GIVEN.entries()) process.env[name] = given[index];
  system = await startToySystem(join(folder, 'system'), ['gateway']);
}, START_MS);

afterAll(async () => {
  await system?.stop();
  for (const [name, value] of before) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
  for (const server of [rabbit, front, redis]) await server?.stop();
  rmSync(folder, { recursive: true, force: true });
}, START_MS);

const tokens = () => ({ dapr: system.secrets['dapr-api-token'] ?? '', app: system.secrets['app-api-token'] ?? '' });
const sidecarPort = (service: string) => system.ports.services[service]?.http ?? 0;
const ask = (service: string, path: string, body?: object) =>
  fetch(`http://127.0.0.1:${sidecarPort(service)}${path}`, {
    method: body ? 'POST' : 'GET',
    headers: { 'dapr-api-token': tokens().dapr, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });

interface Process {
  child: ChildProcess;
  /** All that it has written. */
  output(): string;
}

const running: ChildProcess[] = [];
function start({ file, args, env, cwd }: Command): Process {
  const child = spawn(file, args, { env, cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  running.push(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (output += data));
  return { child, output: () => output };
}

afterEach(async () => {
  for (const child of running.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }
});

/** A service and its sidecar as the system would start them, on ports of their own, told of one authority. */
async function replicaOf(service: string, authority: Authority): Promise<{ sidecar: Command; app: Command }> {
  const free = freePorts();
  process.env.NODE_EXTRA_CA_CERTS = authority.file;
  const trust = keepTrust(mkdtempSync(join(folder, 'trust-')));
  process.env.NODE_EXTRA_CA_CERTS = ours.file;
  const [sidecar, app] = planReplica({
    ...{ service, instance: `${service}-2`, tokens: tokens(), trust, env: {}, watch: false, sidecarMetrics: false },
    main: join(root, 'services', service, 'src', 'main.ts'),
    daprd: await findDaprd(() => undefined),
    folders: foldersIn(join(folder, 'system', 'dapr')),
    ports: {
      name: service,
      app: await free(),
      http: await free(),
      grpc: await free(),
      internal: await free(),
      metrics: await free(),
    },
  });
  if (!sidecar || !app) throw new Error(`${service} is not a service and a sidecar`);
  return { sidecar: sidecar.command, app: app.command };
}

/** A folder with one component of those that sidecars have, which gives up soon. */
function only(component: string): string {
  const into = join(folder, `only-${component}`);
  mkdirSync(into, { recursive: true });
  const text = readFileSync(join(root, 'components', `${component}.yaml`), 'utf8');
  writeFileSync(join(into, `${component}.yaml`), text.replace('spec:\n', 'spec:\n  initTimeout: 2s\n'));
  return `--resources-path=${into}`;
}

async function endOf({ child, output }: Process): Promise<{ code: number | null; said: string }> {
  if (child.exitCode === null) await once(child, 'close');
  return { code: child.exitCode, said: output() };
}

test('the broker listens to nothing but TLS', async () => {
  const { username, password } = new URL(rabbit.url);
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  const answer = await fetch(`${rabbit.managementUrl}/api/overview`, { headers: { authorization } });
  const { listeners } = (await answer.json()) as { listeners: { protocol: string }[] };
  const protocols = listeners.map(({ protocol }) => protocol);
  expect(protocols).toContain('amqp/ssl');
  expect(protocols).not.toContain('amqp');
});

test('sidecars publish and consume over it', async () => {
  const event = envelopeFor(productCreated, productCreated.example);
  const entry = { entryId: '0', event, contentType: 'application/cloudevents+json', metadata: { routingKey: 'product.created' } };
  const path = '/v1.0-alpha1/publish/bulk/pubsub/ecommerce_exchange?metadata.rawPayload=true';
  expect((await ask(CALLER, path, [entry])).status).toBe(204);
  await eventually(
    async () => {
      const seen = await fetch(`${system.url(CALLEE)}${TOY_PATHS.seen}`);
      expect(await seen.json()).toMatchObject({ events: [event] });
    },
    { withinMs: 45_000 },
  );
});

test('a sidecar keeps state in the database over it', async () => {
  const came = front.forwarded();
  expect((await ask(CALLER, '/v1.0/state/statestore', [{ key: 'cart', value: 7 }])).status).toBe(204);
  expect(await (await ask(CALLER, '/v1.0/state/statestore/cart')).json()).toBe(7);
  expect(front.forwarded()).toBeGreaterThan(came);
});

test.each(['pubsub', 'statestore'])('a sidecar that knows another authority ends before it has a %s', async (component) => {
  const { sidecar } = await replicaOf(CALLER, another);
  const args = sidecar.args.map((arg) =>
    arg.startsWith('--resources-path') && !arg.includes('services') ? only(component) : arg,
  );
  const { code, said } = await endOf(start({ ...sidecar, args }));
  expect(code).toBe(1);
  expect(said).toContain(component);
  expect(said).toContain('x509: certificate signed by unknown authority');
});

/** As the job that migrates before an upgrade: the service without a sidecar, its secrets in a file. */
async function migration(authority: Authority): Promise<Process> {
  const { app } = await replicaOf('auth', authority);
  const file = join(folder, 'secrets.json');
  const keys = Object.entries(system.secrets).filter(([name]) => !name.startsWith('rabbitmq-'));
  writeFileSync(file, JSON.stringify(Object.fromEntries(keys)));
  return start({ ...app, env: { ...app.env, MIGRATION_SECRETS_FILE: file } });
}

test('a service comes to its database over it', async () => {
  const came = front.forwarded();
  const { code, said } = await endOf(await migration(ours));
  expect({ code, said }).toMatchObject({ code: 0 });
  expect(front.forwarded()).toBeGreaterThan(came);
});

test('a service that knows another authority sends the database nothing', async () => {
  const fresh = await startFront(testDatabaseUri(''), another.identity);
  const url = system.secrets['mongodb-uri'];
  try {
    system.secrets['mongodb-uri'] = fresh.url;
    const { child } = await migration(ours);
    await eventually(() => expect(fresh.refusals()).toContain('ECONNRESET'), { withinMs: 45_000 });
    expect(child.exitCode).toBeNull();
    expect(fresh.forwarded()).toBe(0);
  } finally {
    system.secrets['mongodb-uri'] = url ?? '';
    await fresh.stop();
  }
});

const sharesLimits = async (origin: string) => {
  const metrics = await (await fetch(`${origin}/metrics`)).text();
  return /souk_limits_shared\{[^}]*\} (\d)/.exec(metrics)?.[1];
};

test('the gateway counts limits in Redis over it', async () => {
  await eventually(async () => expect(await sharesLimits(system.gatewayUrl)).toBe('1'), { withinMs: 45_000 });
});

test('a gateway counts for itself beside a Redis that another authority vouches for', async () => {
  const strange = await startRedis(folder, another);
  try {
    const { app } = await replicaOf('gateway', ours);
    const env = { ...app.env, REDIS_URL: strange.url, DAPR_HTTP_PORT: String(sidecarPort('gateway')) };
    const { output } = start({ ...app, env });
    const origin = `http://127.0.0.1:${app.env.PORT}`;
    await eventually(async () => expect(await sharesLimits(origin)).toBe('0'), { withinMs: 45_000 });
    await eventually(() => expect(output()).toContain('self-signed certificate in certificate chain'));
  } finally {
    await strange.stop();
  }
});
