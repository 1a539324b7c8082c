import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ChartPrograms } from '../../scripts/system/parts/kubernetes.ts';
import { findChartPrograms, KUBERNETES_VERSION } from '../../scripts/system/parts/kubernetes.ts';
import { root } from '../../scripts/system/places.ts';
import type { ApiServer } from './api-server.ts';
import { defineResources, pipe, startApiServer } from './api-server.ts';
import { CHARTS, NAMESPACE, objectsIn, podsOf, render, VALUE_SETS, valueFlags } from './rendering.ts';

/** Holds pods to Kubernetes' strictest standard, which refuses what is not hardened. */
const RESTRICTED = { name: 'restricted', labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } };
const START_MS = 180_000;

let programs: ChartPrograms;
let server: ApiServer;

const list = (items: object[]) => JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
const tryOut = (objects: object[], flags: string[] = []) =>
  server.kubectl(['create', '--dry-run=server', '--validate=strict', '--output=name', ...flags, '--filename=-'], list(objects));

beforeAll(async () => {
  programs = await findChartPrograms(() => undefined);
  server = await startApiServer(programs);
  await defineResources(server);
  for (const metadata of [{ name: NAMESPACE }, RESTRICTED])
    await server.kubectl(['create', '--filename=-'], JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata }));
}, START_MS);

afterAll(() => server?.stop());

describe.each(CHARTS)('the chart %s', (chart) => {
  describe.each(VALUE_SETS)('with the values %s', (values) => {
    const flags = valueFlags(chart, values);

    test('is found right by helm', async () => {
      const args = ['lint', '--strict', '--kube-version', KUBERNETES_VERSION, ...flags, join(root, 'charts', chart)];
      expect(await pipe(programs.helm, args)).toContain('0 chart(s) failed');
    });

    test('makes objects that an API server takes, every field of them', async () => {
      const objects = objectsIn(await render(programs.helm, chart, flags));
      const taken = (await tryOut(objects, ['--namespace', NAMESPACE])).trim().split('\n');
      expect(taken).toHaveLength(objects.length);
    });

    test('makes pods that a namespace for hardened pods takes', async () => {
      const pods = objectsIn(await render(programs.helm, chart, flags)).flatMap(podsOf);
      expect(pods.length).toBeGreaterThan(2);
      const taken = (await tryOut(pods, ['--namespace', RESTRICTED.name])).trim().split('\n');
      expect(taken).toHaveLength(pods.length);
    });
  });
});

test('an unhardened pod is refused where ours are taken', async () => {
  const bare = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'bare' },
    spec: { containers: [{ name: 'bare', image: 'bare' }] },
  };
  await expect(tryOut([bare], ['--namespace', RESTRICTED.name])).rejects.toThrow(/violates PodSecurity "restricted/);
});

test('a field that an object does not have is refused where ours are taken', async () => {
  const text = readFileSync(join(root, 'components', 'statestore.yaml'), 'utf8');
  const [component] = objectsIn(text);
  await expect(tryOut([{ ...component, nonsense: true }], ['--namespace', NAMESPACE])).rejects.toThrow(
    /unknown field "nonsense"/,
  );
});
