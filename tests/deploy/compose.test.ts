import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { parse } from 'yaml';
import { commandsOf } from '../../scripts/compose/commands.ts';
import { STAND_IN_PORTS } from '../../scripts/compose/state.ts';
import { loadApps } from '../../scripts/system/declarations.ts';
import { outputOf, root } from '../../scripts/system/places.ts';
import { composeFile } from './compose-schema.ts';

const textOf = (...path: string[]) => readFileSync(join(root, ...path), 'utf8');
const apps = loadApps();

const file = composeFile.parse(parse(textOf('compose.yaml'), { merge: true }));
const all = Object.entries(file.services);
const ours = (name: string) => {
  const service = file.services[name];
  if (!service) throw new Error(`compose.yaml has no ${name}`);
  return service;
};

describe('compose.yaml', () => {
  test('has the thirteen services, each told by its command which one it is', () => {
    const commanded = all.filter(([name, { command }]) => command?.[0] === name).map(([name]) => name);
    expect(commanded.sort()).toEqual([...apps.map(({ name }) => name), 'mail', 'sandbox'].sort());
  });

  test('can have any service but the gateway more than once: no port of the host, no name of its own', () => {
    const open = all.filter(([, { ports = [] }]) => ports.length > 0).map(([name]) => name);
    expect(open).toEqual(['gateway', 'mail']);
    const named = all.filter(([, { hostname }]) => hostname !== undefined).map(([name]) => name);
    expect(named).toEqual(['rabbitmq']);
  });

  test('publishes the ports that the parts listen on', () => {
    const gateway = apps.find(({ name }) => name === 'gateway');
    expect(ours('gateway').ports?.[0]).toMatch(new RegExp(`:${gateway?.app}$`));
    expect(ours('mail').ports?.[0]).toMatch(new RegExp(`:${STAND_IN_PORTS.web}$`));
  });

  test('waits only for what can come: a check of health, or an end', () => {
    const needs = all.flatMap(([, { depends_on: needed = {} }]) => Object.entries(needed));
    expect(needs.length).toBeGreaterThan(apps.length);
    const comes = ([name, { condition }]: (typeof needs)[number]) =>
      condition === 'service_healthy' ? ours(name).healthcheck !== undefined : ours(name).restart === undefined;
    expect(needs.filter((need) => !comes(need))).toEqual([]);
  });

  test('builds from stages that there are', () => {
    const stages = all.flatMap(([, { build }]) => (build?.target === undefined ? [] : [build]));
    expect(stages).toHaveLength(1);
    for (const { dockerfile = 'Dockerfile', target } of stages)
      expect(textOf(dockerfile)).toMatch(new RegExp(`^FROM \\S+ AS ${target}$`, 'm'));
  });

  test('mounts files and volumes that there are', () => {
    const sources = all.flatMap(([, { volumes = [] }]) => volumes.map((volume) => volume.split(':')[0] ?? ''));
    const missing = sources.filter(
      (source) => !(source.startsWith('./') ? existsSync(join(root, source)) : source in file.volumes),
    );
    expect(missing).toEqual([]);
    expect(sources).toContain('./scripts/compose/rabbitmq.conf');
  });

  test('runs scripts that there are', () => {
    const words = all.flatMap(([, { entrypoint = [], command = [] }]) => [...entrypoint, ...command]);
    const scripts = words.filter((word) => word.startsWith('scripts/'));
    expect(scripts).toEqual(['scripts/compose/prepare.ts', 'scripts/seed.ts', 'scripts/order.ts']);
    for (const script of scripts) expect(existsSync(join(root, script))).toBe(true);
  });

  test('runs broker, database and sidecar of the versions that are installed elsewhere', () => {
    const platform = parse(textOf('charts', 'platform', 'values.yaml'));
    expect(ours('rabbitmq').image).toBe(platform.rabbitmq.image);
    expect(ours('mongodb').image).toBe(platform.mongodb.image);
    const [, version] = /github\.com\/dapr\/dapr v(\S+)/.exec(textOf('scripts', 'daprd', 'go.mod')) ?? [];
    expect(textOf('scripts', 'compose', 'Dockerfile')).toContain(`daprio/daprd:${version}\n`);
  });

  const isInstalled = outputOf('docker', ['compose', 'version']) !== undefined;
  // What can be said of the file without the program is said above.
  (isInstalled ? test : test.skip)('is read by docker compose itself', () => {
    const args = ['compose', '--file', join(root, 'compose.yaml'), '--profile', 'demo', 'config', '--services'];
    const services = execFileSync('docker', args, { encoding: 'utf8' }).trim().split('\n');
    expect(services.sort()).toEqual(all.map(([name]) => name).sort());
  });
});

describe('what is given to one service alone', () => {
  const given = { OIDC_PROVIDERS: '[{"id":"example"}]', REDIS_URL: 'redis://redis', SOUK_STATE: '' };
  const before = Object.keys(given).map((name) => [name, process.env[name]] as const);

  beforeAll(() => {
    Object.assign(process.env, { ...given, SOUK_STATE: mkdtempSync(join(tmpdir(), 'souk-given-')) });
    const tokens = { 'dapr-api-token': 'a', 'app-api-token': 'b' };
    writeFileSync(join(process.env.SOUK_STATE ?? '', 'secrets.json'), JSON.stringify(tokens));
  });
  afterAll(() => {
    rmSync(process.env.SOUK_STATE ?? '', { recursive: true, force: true });
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });

  const inContainer = (name: string) =>
    apps.filter((app) => ours(app.name).environment?.[name] !== undefined).map((app) => app.name);
  const inApplication = (name: string) =>
    apps.filter((app) => commandsOf(app.name).some(({ env }) => env[name] !== undefined)).map((app) => app.name);

  test.each([
    ['OIDC_PROVIDERS', 'auth'],
    ['REDIS_URL', 'gateway'],
  ] as const)('%s comes from the host through the container of %s to its application', (name, service) => {
    expect(ours(service).environment?.[name]).toBe(`\${${name}:-}`);
    expect([inContainer(name), inApplication(name)]).toEqual([[service], [service]]);
    const [sidecar, application] = commandsOf(service);
    expect(application?.env[name]).toBe(given[name]);
    expect(sidecar?.env[name]).toBeUndefined();
  });

  test('is not given when it is empty on the host, as Compose hands it on', () => {
    process.env.OIDC_PROVIDERS = '';
    expect(inApplication('OIDC_PROVIDERS')).toEqual([]);
  });

  test('leaves every service what all are given', () => {
    const names = apps.map((app) => Object.keys(ours(app.name).environment ?? {}).filter((name) => name.startsWith('OTEL_')));
    for (const name of names) expect(name).toEqual(names[0]);
    expect(names[0]?.length).toBeGreaterThan(2);
  });
});

describe('the volume that prepare.ts fills', () => {
  const folder = mkdtempSync(join(tmpdir(), 'souk-compose-'));
  const env = { ...process.env, SOUK_STATE: folder, OIDC_CLIENT_SECRETS: '{"example":"a client secret"}' };
  const prepare = () => execFileSync(process.execPath, [join(root, 'scripts', 'compose', 'prepare.ts')], { env });
  const read = (...path: string[]) => readFileSync(join(folder, ...path), 'utf8');
  const secretsOf = (service: string): Record<string, string> => JSON.parse(read('dapr', 'secrets', `${service}.json`));

  beforeAll(prepare);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('has addresses of containers that compose.yaml names', () => {
    const hosts = Object.values(secretsOf('payment')).flatMap((value) =>
      value.includes('://') ? [new URL(value).hostname] : [],
    );
    expect(new Set(hosts)).toEqual(new Set(['mongodb', 'rabbitmq', 'sandbox', 'mail']));
    for (const host of hosts) expect(ours(host)).toBeDefined();
  });

  test('has a user of the broker for each sidecar, who is told its own password and nobody else’s', () => {
    const { users } = JSON.parse(read('definitions.json'));
    expect(users.map(({ name }: { name: string }) => name)).toEqual(['souk', ...apps.map(({ name }) => name)]);
    const uris = apps.map(({ name }) => new URL(secretsOf(name)['rabbitmq-uri'] ?? ''));
    expect(uris.map(({ username }) => username)).toEqual(apps.map(({ name }) => name));
    expect(new Set(uris.map(({ password }) => password)).size).toBe(apps.length);
    expect(Object.keys(secretsOf('sales')).filter((name) => /password|token|cookie|signing/.test(name))).toEqual([]);
  });

  test('has the client secrets of OpenID providers for auth alone, and keeps them nowhere else', () => {
    expect(ours('prepare').environment).toEqual({ OIDC_CLIENT_SECRETS: `\${OIDC_CLIENT_SECRETS:-}` });
    const name = 'oidc-client-secrets';
    expect(apps.filter((app) => secretsOf(app.name)[name] !== undefined).map((app) => app.name)).toEqual(['auth']);
    expect(secretsOf('auth')[name]).toBe(env.OIDC_CLIENT_SECRETS);
    expect(read('secrets.json')).not.toContain('a client secret');
  });

  test('is left as it is by a second run, so that sidecars that run keep the names of each other', () => {
    const before = [read('secrets.json'), statSync(join(folder, 'dapr', 'configurations', 'sales.yaml')).mtimeMs];
    prepare();
    expect([read('secrets.json'), statSync(join(folder, 'dapr', 'configurations', 'sales.yaml')).mtimeMs]).toEqual(before);
  });

  test('gives a container a service and a sidecar, which others reach; it ends when its sidecar does', () => {
    const bin = join(folder, 'bin-');
    const programs = mkdtempSync(bin);
    writeFileSync(join(programs, 'daprd'), '#!/bin/sh\necho "$@"\n');
    chmodSync(join(programs, 'daprd'), 0o755);
    const withFake = { ...env, PATH: `${programs}${delimiter}${process.env.PATH}` };
    const run = [join(root, 'scripts', 'compose', 'run.ts'), 'debt'];
    let printed = '';
    try {
      execFileSync(process.execPath, run, {
        env: withFake,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
        timeout: 30_000,
      });
    } catch (error) {
      const failed = error as { status: number; stdout: string };
      expect(failed.status).toBe(1);
      printed = failed.stdout;
    }
    expect(printed).toContain('--app-id=debt');
    const listened = [...printed.matchAll(/--dapr-internal-grpc-listen-address=(\S+)/g)].map(([, address]) => address);
    expect(listened.at(-1)).toBe('0.0.0.0');
  });
});
