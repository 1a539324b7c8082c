import { SERVICES } from '@souk/contracts';
import { loadApps } from '../../scripts/system/declarations.ts';
import { findChartPrograms } from '../../scripts/system/parts/kubernetes.ts';
import type { KubeObject } from './rendering.ts';
import { CASES, named, podsOf, specOf } from './rendering.ts';
import { breaking, objectsOf, RULES, strangersToTheApi } from './standards.ts';

/** What the project asks of its own objects, beyond what Kubernetes refuses. */

const START_MS = 180_000;
let helm: string;

beforeAll(async () => {
  helm = (await findChartPrograms(() => undefined)).helm;
}, START_MS);

const souk = () => objectsOf(helm, 'souk', 'default');

describe.each(CASES)('every container of the chart %s with the values %s', (chart, values) => {
  test.each(Object.keys(RULES))('%s', async (rule) => {
    expect(breaking(await objectsOf(helm, chart, values), rule)).toEqual([]);
  });

  test('cannot speak to the API server, unless a role says what for', async () => {
    expect(strangersToTheApi(await objectsOf(helm, chart, values))).toEqual([]);
  });
});

test('a container is found by each rule that it breaks, and a pod by the token that it has', () => {
  const containers = ['one', 'two'].map((name) => ({ name, image: 'nginx:latest' }));
  const spec = { template: { spec: { containers, serviceAccountName: 'one' } } };
  const bare: KubeObject = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'bare' }, spec };
  for (const rule of Object.keys(RULES)) expect(breaking([bare], rule)).toEqual(['bare/one', 'bare/two']);
  expect(strangersToTheApi([bare])).toEqual(['bare']);
});

interface Role extends KubeObject {
  rules: { resources: string[]; verbs: string[] }[];
}

test('what a role of the charts lets do is to look for pods', async () => {
  const objects = (await Promise.all(CASES.map(([chart, values]) => objectsOf(helm, chart, values)))).flat();
  const roles = objects.filter(({ kind }) => kind.endsWith('Role')) as Role[];
  expect(roles.length).toBeGreaterThan(0);
  for (const { kind, rules } of roles) {
    expect(kind).toBe('Role');
    expect(rules).toEqual([{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch'] }]);
  }
});

describe('the services of the chart', () => {
  test('are those that there are, on the ports that they have', async () => {
    const services = named(await souk(), 'Service');
    const ports = [...services].map(([name, service]) => [name, specOf<{ ports: { port: number }[] }>(service).ports[0]?.port]);
    const apps = loadApps();
    expect(ports.sort()).toEqual(apps.map(({ name, app }) => [name, app]).sort());
    expect(apps.map(({ name }) => name).sort()).toEqual([...SERVICES].sort());
  });

  test('have the sidecars that they run beside on one machine', async () => {
    const deployments = named(await souk(), 'Deployment');
    const annotations = (name: string) =>
      [deployments.get(name)].flatMap((one) => (one ? podsOf(one) : []))[0]?.metadata.annotations;
    for (const { name, app } of loadApps())
      expect(annotations(name)).toMatchObject({ 'dapr.io/app-id': name, 'dapr.io/app-port': String(app) });
  });
});
