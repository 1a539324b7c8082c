import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SERVICES } from '@souk/contracts';
import { chartValues } from '../../scripts/docs/chart-values.ts';
import { renderSchema } from '../../scripts/docs/value-schema.ts';
import { withValueTable } from '../../scripts/docs/value-table.ts';
import { nameOf, readValues } from '../../scripts/docs/values.ts';
import type { ChartPrograms } from '../../scripts/system/parts/kubernetes.ts';
import { findChartPrograms, KUBERNETES_VERSION } from '../../scripts/system/parts/kubernetes.ts';
import { root } from '../../scripts/system/places.ts';
import type { ApiServer } from './api-server.ts';
import { defineResources, pipe, startApiServer } from './api-server.ts';
import type { Chart } from './rendering.ts';
import { CHARTS, NAMESPACE, objectsIn, render } from './rendering.ts';
import type { Changes } from './value-use.ts';
import { findUnused, pathOf } from './value-use.ts';

/** Where nothing is installed yet; in the other the platform's addresses are there. */
const EMPTY = 'empty';
const START_MS = 180_000;
const ALL_VALUES_MS = 300_000;

let programs: ChartPrograms;
let server: ApiServer;
let folder: string;

beforeAll(async () => {
  programs = await findChartPrograms(() => undefined);
  server = await startApiServer(programs);
  await defineResources(server);
  folder = mkdtempSync(join(tmpdir(), 'souk-values-'));
  const access = objectsIn(await render(programs.helm, 'platform', [])).filter(
    ({ metadata }) => metadata.name === 'platform-access',
  );
  for (const namespace of [NAMESPACE, EMPTY]) await server.kubectl(['create', 'namespace', namespace]);
  await server.kubectl(['create', '--namespace', NAMESPACE, '--filename=-'], JSON.stringify(access[0]));
}, START_MS);

afterAll(async () => {
  await server?.stop();
  if (folder) rmSync(folder, { recursive: true });
});

const inCluster = () => ['--dry-run=server', '--kubeconfig', server.kubeconfig];
const flagsOf = (changes: Changes) =>
  Object.entries(changes).map(([path, value]) => `--set-json=${path}=${JSON.stringify(value)}`);

/** As `helm template` with a file of values. */
function renderFile(chart: Chart, yaml: string): Promise<string> {
  const args = ['template', chart, join(root, 'charts', chart), '--kube-version', KUBERNETES_VERSION, '--values', '-'];
  return pipe(programs.helm, args, yaml);
}

describe('helm refuses a value that is wrong, and says where', () => {
  test.each<[Chart, string, string]>([
    ['souk', 'nonsense: true', "at '': additional properties 'nonsense' not allowed"],
    ['souk', 'image: { nonsense: a }', "at '/image': additional properties 'nonsense' not allowed"],
    ['souk', 'services: { wishlist: { port: 8013 } }', "at '/services': additional properties 'wishlist' not allowed"],
    ['souk', 'services: { sales: { replica: 2 } }', "at '/services/sales': additional properties 'replica' not allowed"],
    ['souk', 'services: { sales: { sidecar: { memory: 1Gi } } }', "at '/services/sales/sidecar': additional properties 'memory'"],
    ['souk', 'services: { sales: { replicas: "2" } }', "at '/services/sales/replicas': got string, want integer"],
    ['souk', 'services: { sales: null }', "at '/services': missing property 'sales'"],
    ['souk', 'defaults: { replicas: -1 }', "at '/defaults/replicas': minimum: got -1, want 0"],
    [
      'souk',
      'defaults: { resources: { limits: { memoy: 1Gi } } }',
      "at '/defaults/resources/limits': additional properties 'memoy'",
    ],
    ['souk', 'defaults: { env: { LIMIT: 1000000 } }', "at '/defaults/env/LIMIT': got number, want string"],
    ['souk', 'secrets: { mode: vault }', "at '/secrets/mode': value must be one of 'values', 'existing', 'external'"],
    ['souk', 'shutdown: { drainSeconds: null }', "at '/shutdown': missing property 'drainSeconds'"],
    ['souk', 'networkPolicy: { outside: { sale: [] } }', "at '/networkPolicy/outside': additional properties 'sale' not allowed"],
    ['souk', 'image: { registry: "" }', "at '/image/registry': minLength: got 0, want 1"],
    ['souk', 'rabbitmq: { port: 65536 }', "at '/rabbitmq/port': maximum: got 65,536, want 65,535"],
    ['platform', 'nonsense: true', "at '': additional properties 'nonsense' not allowed"],
    ['platform', 'rabbitmq: { storage: 8 gigabytes }', "at '/rabbitmq/storage': '8 gigabytes' does not match pattern"],
    ['platform', 'mail: { enabled: "no" }', "at '/mail/enabled': got string, want boolean"],
    ['platform', 'mongodb: { args: --all }', "at '/mongodb/args': got string, want array"],
    ['platform', 'mongodb: { replicas: 9 }', "at '/mongodb/replicas': maximum: got 9, want 7"],
    ['platform', 'mongodb: { replicas: 2 }', 'mongodb.replicas is 2: it has to be odd'],
    ['platform', 'mongodb: { initiate: false }', 'mongodb.auth.enabled needs mongodb.initiate'],
    ['platform', 'mongodb: { auth: { enabled: 1 } }', "at '/mongodb/auth/enabled': got number, want boolean"],
    ['platform', 'prometheus: { retention: two weeks }', "at '/prometheus/retention': 'two weeks' does not match pattern"],
    ['platform', 'grafana: { anonymous: true }', "at '/grafana': additional properties 'anonymous' not allowed"],
    ['platform', 'jaeger: { maxTraces: 0 }', "at '/jaeger/maxTraces': minimum: got 0, want 1"],
    ['platform', 'networkPolicy: { viewers: [{}] }', "at '/networkPolicy/viewers/0': minProperties: got 0, want 1"],
    ['platform', 'imagePullSecrets: [registry-login]', "at '/imagePullSecrets/0': got string, want object"],
  ])('%s: %s', async (chart, yaml, message) => {
    await expect(renderFile(chart, yaml)).rejects.toThrow(message);
  });

  test('and takes what is right', async () => {
    const rendered = await renderFile(
      'souk',
      'services: { sales: { replicas: 7, sidecar: { memoryLimit: 1Gi }, env: { A: b } } }',
    );
    expect(rendered).toContain('replicas: 7');
    expect(rendered).toContain('dapr.io/sidecar-memory-limit: "1Gi"');
  });
});

describe.each(CHARTS)('the values of the chart %s', (chart) => {
  const renderWith = (changes: Changes, where: 'anywhere' | 'in a cluster') =>
    render(programs.helm, chart, [...flagsOf(changes), ...(where === 'anywhere' ? [] : inCluster())]);

  test(
    'are all used by a template',
    async () => expect(await findUnused(chartValues(chart), renderWith)).toEqual([]),
    ALL_VALUES_MS,
  );

  test('are taken from an umbrella chart, which hands its charts a `global` too', async () => {
    const umbrella = join(folder, `with-${chart}`);
    mkdirSync(join(umbrella, 'charts'), { recursive: true });
    const dependency = { name: chart, version: '0.1.0' };
    writeFileSync(
      join(umbrella, 'Chart.yaml'),
      JSON.stringify({ apiVersion: 'v2', name: 'umbrella', version: '1.0.0', dependencies: [dependency] }),
    );
    symlinkSync(join(root, 'charts', chart), join(umbrella, 'charts', chart));
    const args = ['template', 'umbrella', umbrella, '--kube-version', KUBERNETES_VERSION, '--set', 'global.region=north'];
    expect(await pipe(programs.helm, args)).toContain('kind: Secret');
  });

  test('come after notes that name what is there', async () => {
    const made = objectsIn(await renderWith({}, 'anywhere')).map(
      ({ kind, metadata }) => `${kind.toLowerCase()}/${metadata.name}`,
    );
    const namespace = chart === 'souk' ? NAMESPACE : EMPTY;
    const args = ['install', chart, join(root, 'charts', chart), '--namespace', namespace, '--disable-openapi-validation'];
    const [, notes = ''] = (await pipe(programs.helm, [...args, ...inCluster()])).split('\nNOTES:\n');
    const named = [...notes.matchAll(/(service|secret|statefulset)[/ ]([a-z][a-z-]+)/g)].map(
      ([, kind, name]) => `${kind}/${name}`,
    );
    expect(named.length).toBeGreaterThan(1);
    expect(made).toEqual(expect.arrayContaining(named));
  });
});

test('souk has the thirteen services, and only those', () => {
  const services = chartValues('souk').find((value) => nameOf(value) === 'services');
  expect(services?.kind.is === 'map' && services.kind.entries.map(nameOf)).toEqual([...SERVICES]);
});

describe('what is written from a values.yaml', () => {
  test('a value that nothing uses is found', async () => {
    const renderOnlyA = async (changes: Changes) => `a: ${changes.a ?? 1}`;
    expect(await findUnused(readValues('a: 1\nb: { c: x }'), renderOnlyA)).toEqual(['b.c']);
  });

  test('a value that only counts beside another is none that nothing uses', async () => {
    const renderBIfA = async (changes: Changes) => (changes.a === true ? `b: ${changes['b.c'] ?? 'x'}` : '');
    expect(await findUnused(readValues('a: false\nb: { c: x }'), renderBIfA)).toEqual([]);
  });

  test('nothing is said of values while what is rendered changes by itself', async () => {
    let renderings = 0;
    const renderAnew = async () => `rendering: ${renderings++}`;
    await expect(findUnused(readValues('a: 1'), renderAnew)).rejects.toThrow('changed by itself');
  });

  test.each([
    ['a: { b: [] }', 'a.b: [] does not tell what it may be'],
    ['a: {}', 'a: {} does not tell what it may be'],
    ['a: 0.5', 'a: 0.5 does not tell what it may be'],
    ['# @nonsense\na: 1', 'a: there is no annotation @nonsense'],
    ['# @as nonsense\na: 1', 'a: @as nonsense: the shapes there are'],
    ['# @from few\na: 1', 'a: @from few: a whole number was expected'],
    ['# @free\n# @as strings\na: []', 'a: one annotation is enough'],
    ['# @like b\na: { c: {} }', 'a: @like needs a map, and the name of one above it'],
  ])('what is unclear is refused by its key: %j', (yaml, message) => {
    expect(() => readValues(yaml)).toThrow(message);
  });

  test('a map that is named and not there is refused', () => {
    expect(() => renderSchema('x', readValues('# @keyed b peers\na: {}'))).toThrow('b: an annotation names it');
  });

  test('the table has every value, with its text, its default and its choices', () => {
    const values = readValues(
      '# -- A part.\npart:\n  # -- Its size,\n  # in | all.\n  # @one-of s l\n  size: s\n  tag: ""\n  deep: { x: 1 }',
    );
    const table = withValueTable('<!-- values: written by npm run docs -->\nold\n<!-- /values -->\n', values);
    expect(values.map(pathOf)).toEqual(['part']);
    expect(table.split('\n').map((line) => line.replace(/ +/g, ' '))).toEqual([
      '<!-- values: written by npm run docs -->',
      '',
      '| value | default | what it is |',
      expect.stringMatching(/^\| -+ \| -+ \| -+ \|$/),
      '| `part` | | A part. |',
      '| `part.size` | `s` | Its size, in \\| all. One of `s`, `l`. |',
      '| `part.tag` | `""` | |',
      '| `part.deep.x` | `1` | |',
      '',
      '<!-- /values -->',
      '',
    ]);
  });
});
