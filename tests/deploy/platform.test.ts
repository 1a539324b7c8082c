import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { findChartPrograms } from '../../scripts/system/parts/kubernetes.ts';
import { root } from '../../scripts/system/places.ts';
import { readRules } from './alert-rules.ts';
import type { ApiServer } from './api-server.ts';
import { startApiServer } from './api-server.ts';
import { findTargets } from './discovery.ts';
import type { KubeObject } from './rendering.ts';
import { NAMESPACE, objectsIn, podsOf, render } from './rendering.ts';

const START_MS = 180_000;
const MONITORED = ['--set', 'prometheus.enabled=true,grafana.enabled=true'];
/** Where Dapr's control plane is, and where nobody of ours is. */
const [DAPR, ELSEWHERE] = ['dapr-system', 'elsewhere'];
const MEMBERS = [0, 1, 2].map((ordinal) => `platform-mongodb-${ordinal}.platform-mongodb:27017`).join(',');

let helm: string;
let server: ApiServer;
let folder: string;

const create = (namespace: string, object: object) =>
  server.kubectl(['create', '--namespace', namespace, '--filename=-'], JSON.stringify(object));
const rendered = async (chart: 'souk' | 'platform', flags: readonly string[] = []) =>
  objectsIn(await render(helm, chart, flags)) as (KubeObject & { stringData?: Record<string, string> })[];
const find = <Found extends KubeObject>(objects: readonly Found[], kind: string, name: string): Found => {
  const found = objects.find((one) => one.kind === kind && one.metadata.name === name);
  if (!found) throw new Error(`there is no ${kind} ${name}`);
  return found;
};

beforeAll(async () => {
  const programs = await findChartPrograms(() => undefined);
  helm = programs.helm;
  folder = mkdtempSync(join(tmpdir(), 'souk-platform-'));
  server = await startApiServer(programs);
  for (const namespace of [NAMESPACE, DAPR, ELSEWHERE]) await server.kubectl(['create', 'namespace', namespace]);
}, START_MS);

afterAll(async () => {
  await server?.stop();
  if (folder) rmSync(folder, { recursive: true });
});

describe('what Souk reads of the platform', () => {
  const access = async (flags: readonly string[]) =>
    find(await rendered('platform', flags), 'Secret', 'platform-access').stringData;

  test('leads to every member of the replica set, as the administrator', async () => {
    const read = await access(['--set', 'mongodb.replicas=3,mongodb.auth.password=p@ss w/rd']);
    expect(read?.['mongodb-uri']).toBe(`mongodb://root:p%40ss%20w%2Frd@${MEMBERS}/?replicaSet=souk&authSource=admin`);
    expect(read?.['mongodb-password']).toBe('p@ss w/rd');
  });

  test('leads directly to a server that announces itself and knows no users, as the one of the test on a cluster', async () => {
    const read = await access(['--values', join(root, 'tests', 'cluster', 'values', 'platform.yaml')]);
    expect(read?.['mongodb-uri']).toBe('mongodb://platform-mongodb-0.platform-mongodb:27017/?directConnection=true');
  });
});

describe('replicas', () => {
  test.each(['rabbitmq', 'mongodb'])('of %s are odd', async (part) => {
    await expect(rendered('platform', ['--set', `${part}.replicas=4`])).rejects.toThrow(
      `${part}.replicas is 4: it has to be odd`,
    );
  });

  test.each(['rabbitmq', 'mongodb'])('of %s become more, and not less', async (part) => {
    const set = find(await rendered('platform', ['--set', `${part}.replicas=3`]), 'StatefulSet', `platform-${part}`);
    await create(NAMESPACE, set);
    const change = (replicas: number) => {
      const others = part === 'mongodb' ? 'rabbitmq' : 'mongodb';
      const flags = ['--set', `${part}.replicas=${replicas},${others}.replicas=7`];
      return rendered('platform', [...flags, '--dry-run=server', '--kubeconfig', server.kubeconfig]);
    };
    await expect(change(1)).rejects.toThrow(`${part}.replicas is 1 and was 3`);
    await expect(change(5)).resolves.not.toEqual([]);
  });
});

test('Prometheus and Grafana mount what the chart of Souk makes for them, all of it', async () => {
  const makes = (await rendered('souk', ['--set', 'monitoring.configMaps=true'])).filter(({ kind }) => kind === 'ConfigMap');
  const volumes = (await rendered('platform', MONITORED)).flatMap(podsOf).flatMap(({ spec }) => JSON.stringify(spec?.volumes));
  for (const name of ['souk-rules', 'souk-dashboards'])
    expect(volumes.filter((one) => one.includes(`"name":"${name}"`))).toHaveLength(1);
  const rules = find(makes, 'ConfigMap', 'souk-rules').data?.['souk.yaml'] ?? '';
  const { alerts, recordings } = readRules();
  const groups: { rules: object[] }[] = parse(rules).groups;
  expect(groups.flatMap((group) => group.rules)).toHaveLength(alerts.length + recordings.length);
  expect(volumes.join()).toContain('"key":"souk.yaml"');
  expect(Object.keys(find(makes, 'ConfigMap', 'souk-dashboards').data ?? {})).toContain('souk-orders.json');
});

/** A pod as it would be while it runs, which on this server it does not. */
async function runPod(pod: KubeObject, { namespace = NAMESPACE, ip }: { namespace?: string; ip: string }): Promise<void> {
  await create(namespace, pod);
  const status = JSON.stringify({ status: { phase: 'Running', podIP: ip, podIPs: [{ ip }] } });
  const args = ['patch', 'pod', pod.metadata.name, '--namespace', namespace, '--subresource=status', '--patch', status];
  await server.kubectl(args);
}

const sidecar = { name: 'daprd', image: 'daprd', ports: [{ name: 'dapr-metrics', containerPort: 9090 }] };

/** The pod of a service, with the sidecar that Dapr would give it. */
function serviceIn(objects: readonly KubeObject[], name: string): KubeObject {
  const [pod] = podsOf(find(objects, 'Deployment', `souk-${name}`));
  if (!pod) throw new Error(`${name} has no pod`);
  const containers = [...((pod.spec?.containers ?? []) as object[]), sidecar];
  return { ...pod, metadata: { ...pod.metadata, name }, spec: { ...pod.spec, containers } };
}

const sentry = (name: string, app: string): KubeObject => {
  const containers = [{ name: app, image: app, ports: [{ name: 'metrics', containerPort: 9090 }] }];
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, labels: { app } }, spec: { containers } };
};

test(
  'Prometheus finds all that alerts ask for and nothing else, with the rights that it has',
  async () => {
    const platform = await rendered('platform', MONITORED);
    const souk = await rendered('souk');
    for (const object of platform.filter(({ kind }) => ['ServiceAccount', 'Role', 'RoleBinding'].includes(kind)))
      await create(object.metadata.namespace ?? NAMESPACE, object);
    await runPod(serviceIn(souk, 'sales'), { ip: '192.0.2.1' });
    await runPod({ ...serviceIn(souk, 'sales') }, { namespace: ELSEWHERE, ip: '192.0.2.2' });
    const [broker] = podsOf(find(platform, 'StatefulSet', 'platform-rabbitmq'));
    if (!broker) throw new Error('the broker has no pod');
    await runPod(broker, { ip: '192.0.2.3' });
    await runPod(sentry('sentry', 'dapr-sentry'), { namespace: DAPR, ip: '192.0.2.4' });
    await runPod(sentry('operator', 'dapr-operator'), { namespace: DAPR, ip: '192.0.2.5' });
    const configuration = find(platform, 'ConfigMap', 'platform-prometheus').data?.['prometheus.yml'] ?? '';
    const wanted = [
      ['dapr-sentry', 'http://192.0.2.4:9090/', 'sentry', DAPR, undefined],
      ['souk-broker', 'http://192.0.2.3:15692/metrics', 'platform-rabbitmq', NAMESPACE, 'rabbitmq'],
      [
        'souk-broker',
        'http://192.0.2.3:15692/metrics/detailed?family=queue_coarse_metrics&family=queue_consumer_count',
        'platform-rabbitmq',
        NAMESPACE,
        'rabbitmq',
      ],
      ['souk-services', 'http://192.0.2.1:8005/metrics', 'sales', NAMESPACE, 'sales'],
      ['souk-sidecars', 'http://192.0.2.1:9090/', 'sales', NAMESPACE, 'sales'],
    ];
    const account = `system:serviceaccount:${NAMESPACE}:platform-prometheus`;
    const found = await findTargets(server, { configuration, account, folder });
    const told = found.map(({ scrapeUrl, labels: { job, pod, namespace, service } }) => [
      job,
      scrapeUrl,
      pod,
      namespace,
      service,
    ]);
    expect(told.sort()).toEqual(wanted);
    const asked = readRules().alerts.flatMap(({ expr }) => [...expr.matchAll(/job="([\w-]+)"/g)].map(([, job = '']) => job));
    expect(new Set(wanted.map(([job]) => job))).toEqual(new Set(asked));
  },
  START_MS,
);
