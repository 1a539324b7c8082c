import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '@souk/testing';
import { findChartPrograms } from '../../scripts/system/parts/kubernetes.ts';
import { findRedis } from '../../scripts/system/parts/redis.ts';
import { freePorts } from '../../scripts/system/ports.ts';
import type { KubeObject, PodSpec } from './rendering.ts';
import { named, objectsIn, podsOf, render, specOf } from './rendering.ts';

/** Authorities of one's own, and a Redis: who is told of them. That what they are told suffices is shown by tests/contract/tls.test.ts. */

const START_MS = 180_000;
const AUTHORITIES = ['--set', 'tls.authorities=company-authorities'];
const REDIS = ['--set', 'redis.enabled=true'];

let helm: string;

beforeAll(async () => {
  helm = (await findChartPrograms(() => undefined)).helm;
}, START_MS);

const rendered = async (chart: 'souk' | 'platform', flags: readonly string[]) => objectsIn(await render(helm, chart, flags));

interface Mounts {
  volumes: { name: string; configMap?: { name: string } }[];
  containers: (PodSpec['containers'][number] & { volumeMounts: { name: string; mountPath: string }[] })[];
}

/** Where a pod's application and its sidecar, if Dapr gives it one, look for further authorities; empty where they are told of none. */
function lookedAt(pod: KubeObject): { application: string; sidecar: string | undefined } {
  const { volumes, containers } = specOf<Mounts>(pod);
  const isThere = volumes.some(({ name, configMap }) => name === 'authorities' && configMap?.name === 'company-authorities');
  const [container] = containers;
  const file = container?.env?.find(({ name }) => name === 'NODE_EXTRA_CA_CERTS')?.value ?? '';
  const mounted = container?.volumeMounts.find(({ name }) => name === 'authorities')?.mountPath;
  const annotations = pod.metadata.annotations ?? {};
  const inSidecar = /,authorities:([^,]+)/.exec(annotations['dapr.io/volume-mounts'] ?? '')?.[1];
  const folder = /,SSL_CERT_DIR=([^,]+)/.exec(annotations['dapr.io/env'] ?? '')?.[1] ?? '';
  return {
    application: isThere && file === `${mounted}/ca.crt` ? file : '',
    sidecar: annotations['dapr.io/enabled'] === 'true' ? (isThere && folder === inSidecar ? folder : '') : undefined,
  };
}

describe('authorities of one’s own', () => {
  const isOfDemo = ({ metadata }: KubeObject) => metadata.labels?.['app.kubernetes.io/name'] === 'demo';

  test('are known to every service, every sidecar and every job that speaks to the broker or a database', async () => {
    const pods = (await rendered('souk', AUTHORITIES)).flatMap(podsOf).filter((pod) => !isOfDemo(pod));
    const told = pods.map((pod) => [pod.metadata.name, lookedAt(pod)] as const);
    const untold = told.filter(([, { application, sidecar }]) => application === '' || sidecar === '').map(([name]) => name);
    expect(untold).toEqual([]);
    expect(told.filter(([, { sidecar }]) => sidecar !== undefined)).toHaveLength(13);
    expect(told.map(([name]) => name)).toEqual(expect.arrayContaining(['souk-broker', 'souk-auth-migration', 'souk-sales']));
  });

  test('are nowhere unless they are given', async () => {
    const text = await render(helm, 'souk', []);
    expect(text).not.toMatch(/SSL_CERT_DIR|NODE_EXTRA_CA_CERTS/);
  });
});

interface Policy {
  ingress: { from: object[]; ports: { port: number }[] }[];
  egress: { to: object[]; ports: { port: number }[] }[];
}

const gatewayOnly = [{ matchLabels: { 'app.kubernetes.io/part-of': 'souk', 'app.kubernetes.io/name': 'gateway' } }];

describe('a Redis for limits of all replicas', () => {
  const urls = (objects: readonly KubeObject[]) =>
    [...named(objects, 'Deployment')].flatMap(([name, deployment]) =>
      podsOf(deployment).flatMap((pod) =>
        specOf<PodSpec>(pod)
          .containers.flatMap(({ env = [] }) => env)
          .filter((variable) => variable.name === 'REDIS_URL')
          .map((variable) => [name, variable]),
      ),
    );

  test('is named to the gateway alone, by a Secret that the platform makes', async () => {
    const platform = await rendered('platform', REDIS);
    const made = platform.find(({ kind, metadata }) => kind === 'Secret' && metadata.name === 'platform-redis');
    const { stringData = {} } = made as KubeObject & { stringData?: Record<string, string> };
    const { password = '', url = '' } = stringData;
    expect(password).toMatch(/^[A-Za-z0-9]{43}$/);
    expect(url).toBe(`redis://:${password}@platform-redis:6379`);
    expect(stringData['redis.conf']).toContain(`requirepass "${password}"\n`);
    const variable = { name: 'REDIS_URL', valueFrom: { secretKeyRef: { name: 'platform-redis', key: 'url' } } };
    expect(urls(await rendered('souk', REDIS))).toEqual([['gateway', variable]]);
  });

  test('is reached by the gateway, and by nobody else', async () => {
    const policies = named(await rendered('souk', REDIS), 'NetworkPolicy');
    const reaching = [...policies].filter(([, policy]) =>
      (specOf<Policy>(policy).egress ?? []).some(({ ports }) => ports?.some(({ port }) => port === 6379)),
    );
    expect(reaching.map(([name]) => name)).toEqual(['gateway']);
    const own = specOf<Policy>(named(await rendered('platform', REDIS), 'NetworkPolicy').get('redis'));
    expect(own.ingress.map(({ ports }) => ports)).toEqual([[{ protocol: 'TCP', port: 6379 }]]);
    expect(own.ingress.flatMap(({ from }) => from)).toEqual(gatewayOnly.map((podSelector) => ({ podSelector })));
    expect(own.egress.flatMap(({ ports }) => ports.map(({ port }) => port))).toEqual([53, 53]);
  });

  test('lets in who has its password, which may hold any character, and nobody else', async () => {
    const platform = await rendered('platform', [...REDIS, '--set', 'redis.password=p@ss "w/rd']);
    const made = platform.find(({ kind, metadata }) => kind === 'Secret' && metadata.name === 'platform-redis');
    const { stringData } = made as KubeObject & { stringData: Record<string, string> };
    const { password } = new URL(stringData.url ?? '');
    expect(decodeURIComponent(password)).toBe('p@ss "w/rd');
    await withRedis(stringData['redis.conf'] ?? '', async (port) => {
      expect(await say(port, ['PING'])).toContain('NOAUTH');
      expect(await say(port, ['AUTH', 'another'])).toContain('WRONGPASS');
      expect(await say(port, ['AUTH', decodeURIComponent(password)])).toContain('OK');
    });
  });

  test('is nowhere unless it is asked for', async () => {
    expect(urls(await rendered('souk', []))).toEqual([]);
    expect((await rendered('platform', [])).map(({ metadata }) => metadata.name)).not.toContain('platform-redis');
  });
});

/** Runs a real server by the configuration that its pod would have. */
async function withRedis(configuration: string, work: (port: number) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'souk-redis-'));
  const file = join(folder, 'redis.conf');
  writeFileSync(file, configuration, { mode: 0o600 });
  const port = await freePorts()();
  const args = [file, '--port', String(port), '--bind', '127.0.0.1', '--dir', folder];
  const child = spawn(await findRedis(() => undefined), args, { stdio: 'ignore' });
  const ended = once(child, 'exit');
  try {
    await eventually(async () => expect(await say(port, ['HELLO'])).not.toBe(''));
    await work(port);
  } finally {
    child.kill('SIGKILL');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  }
}

/** One command in Redis' own protocol, and the answer's first line. */
async function say(port: number, words: readonly string[]): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  try {
    const parts = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`);
    socket.write(`*${words.length}\r\n${parts.join('')}`);
    const [answer] = await once(socket, 'data');
    return String(answer).split('\r\n')[0] ?? '';
  } finally {
    socket.destroy();
  }
}
