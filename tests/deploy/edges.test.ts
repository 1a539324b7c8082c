import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ServiceName } from '@souk/contracts';
import { SERVICES } from '@souk/contracts';
import { findChartPrograms } from '../../scripts/system/parts/kubernetes.ts';
import { root } from '../../scripts/system/places.ts';
import type { KubeObject } from './rendering.ts';
import { named, objectsIn, render, specOf } from './rendering.ts';

type Edges = Map<ServiceName, string[]>;

/** The port on which sidecars speak to each other. */
const SIDECAR_PORT = 50_002;
const START_MS = 180_000;

let policies: Map<string, KubeObject>;
let configurations: Map<string, KubeObject>;
let resiliencies: Map<string, KubeObject>;
let deployments: Map<string, KubeObject>;

beforeAll(async () => {
  const { helm } = await findChartPrograms(() => undefined);
  const objects = objectsIn(await render(helm, 'souk', []));
  policies = named(objects, 'NetworkPolicy');
  configurations = named(objects, 'Configuration');
  resiliencies = named(objects, 'Resiliency');
  deployments = named(objects, 'Deployment');
}, START_MS);

/** Who asks whom, read from the page that people read: calls, the logs of whoever publishes what is consumed, tokens, dead letters. */
function edgesOfTheMap(): Edges {
  const page = readFileSync(join(root, 'docs', 'map.md'), 'utf8');
  const sections = new Map(page.split(/^## /m).map((section) => [section.slice(0, section.indexOf('\n')), section]));
  const line = (name: string, word: string) => new RegExp(`^- ${word}: (.*)$`, 'm').exec(sections.get(name) ?? '')?.[1] ?? '';
  const typesIn = (text: string) => [...text.matchAll(/`([\w.]+)[^`]*`/g)].map(([, type = '']) => type);
  const asked = (name: ServiceName): string[] => {
    if (name === 'gateway') return [...SERVICES];
    const heard = new Set([...typesIn(line(name, 'Consumes')), ...typesIn(line(name, 'Every replica is told of'))]);
    const producers = SERVICES.filter((other) => typesIn(line(other, 'Publishes')).some((type) => heard.has(type)));
    const called = [...line(name, 'Calls').matchAll(/(\w+) `/g)].map(([, callee = '']) => callee);
    const keepsDeadLetters = line(name, 'Queues').includes('dead-letters');
    const consumers = keepsDeadLetters ? SERVICES.filter((other) => line(other, 'Queues').includes('`')) : [];
    return ['auth', ...called, ...producers, ...consumers];
  };
  return new Map(SERVICES.map((name) => [name, [...new Set(asked(name))].filter((other) => other !== name).sort()]));
}

function callersIn(edges: Edges): Edges {
  const callersOf = (name: string) => SERVICES.filter((caller) => edges.get(caller)?.includes(name)).sort();
  return new Map(SERVICES.map((name) => [name, callersOf(name)]));
}

interface Rule {
  from?: Peer[];
  to?: Peer[];
  ports: { port: number }[];
}
interface Peer {
  podSelector?: { matchExpressions?: { values: string[] }[] };
}

const throughSidecars = (rules: readonly Rule[]): string[] =>
  rules
    .filter(({ ports }) => ports.some(({ port }) => port === SIDECAR_PORT))
    .flatMap(({ from = [], to = [] }) => [...from, ...to])
    .flatMap(({ podSelector }) => podSelector?.matchExpressions?.[0]?.values ?? [])
    .sort();

const edgesOf = (read: (name: ServiceName) => string[]): Edges => new Map(SERVICES.map((name) => [name, read(name)]));

test('the map names edges', () => {
  const edges = edgesOfTheMap();
  expect(edges.get('payment')).toEqual(expect.arrayContaining(['auth', 'sales']));
  expect(edges.get('payment')).not.toContain('audit');
  expect(edges.get('gateway')).toHaveLength(SERVICES.length - 1);
});

test('pods may ask whom the map says, and nobody else', () => {
  const found = edgesOf((name) => throughSidecars(specOf<{ egress: Rule[] }>(policies.get(name)).egress));
  expect(found).toEqual(edgesOfTheMap());
});

test('pods may be asked by whom the map says, and by nobody else', () => {
  const found = edgesOf((name) => throughSidecars(specOf<{ ingress: Rule[] }>(policies.get(name)).ingress));
  expect(found).toEqual(callersIn(edgesOfTheMap()));
});

interface AccessControl {
  accessControl: { defaultAction: string; policies: { appId: string; defaultAction: string }[] | null };
}

test('sidecars refuse whom the map does not name', () => {
  const control = (name: ServiceName) => specOf<AccessControl>(configurations.get(name)).accessControl;
  const found = edgesOf((name) => (control(name).policies ?? []).map(({ appId }) => appId).sort());
  expect(found).toEqual(callersIn(edgesOfTheMap()));
  const actions = SERVICES.flatMap((name) => [control(name), ...(control(name).policies ?? [])]);
  expect(new Set(actions.map(({ defaultAction }) => defaultAction))).toEqual(new Set(['deny']));
});

interface Retries {
  policies: { retries: Record<string, unknown> };
  targets: { apps?: object };
}

interface PodTemplate {
  template: {
    metadata: { annotations: Record<string, string> };
    spec: { containers: { name: string; lifecycle?: { preStop: { sleep: { seconds: number } } } }[] };
  };
}

/** For so long a sidecar asks the addresses that it has found once. */
const ADDRESS_SECONDS = 20;

test('a retry looks for a successor, and an address that was asked through its sidecar outlives that', () => {
  const { policies: rules, targets } = specOf<Retries>(resiliencies.get('resiliency'));
  expect(targets.apps).toBeUndefined();
  expect(Object.keys(rules.retries)).toEqual(expect.arrayContaining(['DefaultAppRetryPolicy', 'DaprBuiltInServiceRetries']));
  const called = SERVICES.filter((name) => !['gateway', 'websocket'].includes(name));
  const lingering = called.map((name) => {
    const { metadata, spec } = specOf<PodTemplate>(deployments.get(name)).template;
    const app = spec.containers.find((container) => container.name === 'app');
    const sidecarSeconds = Number.parseInt(metadata.annotations['dapr.io/block-shutdown-duration'] ?? '', 10);
    return (app?.lifecycle?.preStop.sleep.seconds ?? 0) - sidecarSeconds;
  });
  expect(Math.min(...lingering)).toBeGreaterThanOrEqual(ADDRESS_SECONDS);
});
