import { loadServices } from '../../scripts/docs/services.ts';
import type { ChartPrograms } from '../../scripts/system/parts/kubernetes.ts';
import { findChartPrograms } from '../../scripts/system/parts/kubernetes.ts';
import type { KubeObject, PodSpec } from './rendering.ts';
import { named, objectsIn, podsOf, render, specOf } from './rendering.ts';

const START_MS = 180_000;

let programs: ChartPrograms;
let objects: KubeObject[];
let migrating: string[];

const rendered = async (...flags: string[]) => objectsIn(await render(programs.helm, 'souk', flags));

beforeAll(async () => {
  programs = await findChartPrograms(() => undefined);
  objects = await rendered();
  migrating = (await loadServices()).filter(({ migrations }) => migrations.length > 0).map(({ name }) => name);
}, START_MS);

const jobNamed = (service: string) =>
  objects.find(({ kind, metadata }) => kind === 'Job' && metadata.name === `souk-${service}-migration`);
const annotation = (object: KubeObject | undefined, name: string) => object?.metadata.annotations?.[`helm.sh/${name}`];
const jobsIn = (some: readonly KubeObject[]) =>
  some
    .filter(({ kind, metadata }) => kind === 'Job' && metadata.name.endsWith('-migration'))
    .map(({ metadata }) => metadata.name);

interface Volumes {
  volumes: { name: string; secret?: { secretName: string } }[];
  containers: (PodSpec['containers'][number] & { volumeMounts: { name: string; mountPath: string }[] })[];
}

/** What the one container of a job runs with. */
function podOf(job: KubeObject | undefined) {
  const [pod] = job ? podsOf(job) : [];
  const { containers, volumes } = specOf<Volumes>(pod);
  const [container] = containers;
  if (!pod || !container || containers.length > 1) throw new Error('a job has a pod of one container');
  return { pod, container, secret: volumes.find(({ secret }) => secret)?.secret?.secretName };
}

test('every service that migrates does so before an upgrade, and no other', async () => {
  expect(migrating).toContain('auth');
  expect(jobsIn(objects).sort()).toEqual(migrating.map((name) => `souk-${name}-migration`).sort());
  for (const name of migrating) expect(annotation(jobNamed(name), 'hook')).toBe('pre-upgrade');
  expect(jobsIn(await rendered('--set', 'migrations.job=false'))).toEqual([]);
});

test('it is the image of the service with its environment, and without a sidecar', () => {
  for (const name of migrating) {
    const { pod, container } = podOf(jobNamed(name));
    const [service] = podsOf(named(objects, 'Deployment').get(name) as KubeObject);
    const [app] = specOf<PodSpec>(service).containers;
    expect(container.image).toBe(app?.image);
    const names = (of: typeof app) => of?.env?.map((variable) => variable.name).filter((one) => !/^(?:SHUTDOWN|OTEL)_/.test(one));
    expect(names(container)?.sort()).toEqual(['MIGRATION_SECRETS_FILE', ...(names(app) ?? [])].sort());
    expect(pod.metadata.annotations?.['dapr.io/enabled']).toBeUndefined();
  }
});

test('its secrets are those of the new version, there before it, and lie where it looks for them', () => {
  for (const name of migrating) {
    const job = jobNamed(name);
    const { container, secret } = podOf(job);
    const made = objects.find(({ kind, metadata }) => kind === 'Secret' && metadata.name === secret);
    expect(annotation(made, 'hook')).toBe('pre-upgrade');
    expect(Number(annotation(made, 'hook-weight'))).toBeLessThan(Number(annotation(job, 'hook-weight')));
    const given = JSON.parse(Buffer.from(made?.data?.['secrets.json'] ?? '', 'base64').toString());
    const { 'rabbitmq-uri': _broker, ...wanted } = secretsOfPods(name);
    expect(Object.keys(given).sort()).toEqual(Object.keys(wanted).sort());
    const file = container.env?.find((variable) => variable.name === 'MIGRATION_SECRETS_FILE')?.value;
    const mounted = container.volumeMounts.find((mount) => mount.name === 'secrets')?.mountPath;
    expect(file).toBe(`${mounted}/secrets.json`);
  }
});

function secretsOfPods(service: string): Record<string, string> {
  const secret = objects.find(({ kind, metadata }) => kind === 'Secret' && metadata.name === `souk-${service}-secrets`);
  return JSON.parse(Buffer.from(secret?.data?.['secrets.json'] ?? '', 'base64').toString());
}

test.each(['existing', 'external'])('where secrets are %s, they are the file that the pods have', async (mode) => {
  const there = await rendered('--set', `secrets.mode=${mode}`);
  const job = there.find(({ kind, metadata }) => kind === 'Job' && metadata.name === 'souk-auth-migration');
  const { secret } = podOf(job);
  const deployed = specOf<Volumes>(podsOf(named(there, 'Deployment').get('auth') as KubeObject)[0]).volumes;
  expect(deployed.map((volume) => volume.secret?.secretName)).toContain(secret);
});

interface Policy {
  podSelector: { matchLabels: Record<string, string> };
  egress?: { ports: { port: number }[] }[];
  ingress?: object[];
}

test('it reaches names and databases by a policy that is there before it, and nobody reaches it', () => {
  const { pod } = podOf(jobNamed('auth'));
  const policies = objects.filter(({ kind }) => kind === 'NetworkPolicy');
  const chosen = policies.filter((policy) =>
    Object.entries(specOf<Policy>(policy).podSelector.matchLabels).every(([key, value]) => pod.metadata.labels?.[key] === value),
  );
  const early = chosen.filter((policy) => annotation(policy, 'hook') === 'pre-upgrade');
  const ports = early
    .flatMap((policy) => specOf<Policy>(policy).egress ?? [])
    .flatMap((rule) => rule.ports.map(({ port }) => port));
  expect([...new Set(ports)].sort()).toEqual([27_017, 53]);
  expect(Number(annotation(early[0], 'hook-weight'))).toBeLessThan(Number(annotation(jobNamed('auth'), 'hook-weight')));
  expect(chosen.flatMap((policy) => specOf<Policy>(policy).ingress ?? [])).toEqual([]);
});

test('no Service sends requests to it', () => {
  const { pod } = podOf(jobNamed('auth'));
  const services = objects.filter(({ kind }) => kind === 'Service').map((one) => specOf<{ selector: object }>(one).selector);
  expect(services.length).toBeGreaterThan(0);
  for (const selector of services) expect(pod.metadata.labels).not.toMatchObject(selector);
});
