import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { join, matchesGlob } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { loadApps } from '../../scripts/system/declarations.ts';
import type { ChartPrograms } from '../../scripts/system/parts/kubernetes.ts';
import { findChartPrograms, KUBERNETES_VERSION } from '../../scripts/system/parts/kubernetes.ts';
import { findOnPath, root } from '../../scripts/system/places.ts';
import { pipe, startApiServer } from './api-server.ts';
import type { KubeObject, PodSpec } from './rendering.ts';
import { objectsIn, podsOf } from './rendering.ts';
import { withProfile } from './skaffold-profiles.ts';
import type { HelmRelease, SkaffoldConfig } from './skaffold-schema.ts';
import { skaffoldConfig } from './skaffold-schema.ts';

const START_MS = 120_000;
/** Where Skaffold would have pushed the images that it has built. */
const BUILT = 'built.example';

const textOf = (...path: string[]) => readFileSync(join(root, ...path), 'utf8');

/** As Skaffold reads it: without what is there only to be referred to. */
function readConfig(): unknown {
  const entries = Object.entries(parse(textOf('skaffold.yaml')));
  return Object.fromEntries(entries.filter(([key]) => !key.startsWith('.')));
}

const base = skaffoldConfig.parse(readConfig());
const services = loadApps().map(({ name }) => name);
const imageOf = (name: string) => `docker.io/souk/souk-${name}`;
const withoutTag = (image: string) => image.replace(/:[^/]*$/, '');
const releasesOf = (config: SkaffoldConfig) => config.deploy?.helm?.releases ?? [];
const artifactsOf = (config: SkaffoldConfig) => config.build?.artifacts ?? [];

let programs: ChartPrograms;
beforeAll(async () => {
  programs = await findChartPrograms(() => undefined);
}, START_MS);

/** As Skaffold fills a template: with the address of an image that it has built. Throws when it has built none of that name. */
function filled(template: string, config: SkaffoldConfig): string {
  return template.replace(/\{\{\s*\.IMAGE_FULLY_QUALIFIED_(\w+)\s*\}\}/g, (_all, variable) => {
    const artifact = artifactsOf(config).find(({ image }) => image.replace(/\W/g, '_') === variable);
    if (!artifact) throw new Error(`no image is built that ${variable} could mean`);
    return `${BUILT}/${artifact.image}:1`;
  });
}

/** Renders a release as Skaffold has helm do it; the chart refuses a value that it does not declare. */
async function rendered(
  { name, chartPath, namespace = '', setValues = {}, setValueTemplates = {} }: HelmRelease,
  config: SkaffoldConfig,
): Promise<KubeObject[]> {
  const templates = Object.entries(setValueTemplates).map(([key, value]) => [key, filled(String(value), config)] as const);
  const flags = [...Object.entries(setValues), ...templates].flatMap(([key, value]) => ['--set', `${key}=${value}`]);
  const args = [
    'template',
    name,
    join(root, chartPath),
    '--namespace',
    namespace,
    '--kube-version',
    KUBERNETES_VERSION,
    ...flags,
  ];
  return objectsIn(await pipe(programs.helm, args));
}

const allRendered = async (config: SkaffoldConfig) =>
  (await Promise.all(releasesOf(config).map((release) => rendered(release, config)))).flat();
const podSpecOf = ({ spec = {} }: KubeObject) => spec as Partial<PodSpec>;
const containersIn = (objects: KubeObject[]) =>
  objects.flatMap(podsOf).flatMap((pod) => {
    const { initContainers = [], containers = [] } = podSpecOf(pod);
    return [...initContainers, ...containers];
  });
const hookOf = ({ metadata }: KubeObject) => metadata.annotations?.['helm.sh/hook'] ?? '';

/** `<name>:<port>` of each Service. */
const doorsIn = (objects: KubeObject[]) =>
  objects
    .filter(({ kind }) => kind === 'Service')
    .flatMap(({ metadata, spec = {} }) => (spec.ports as { port: number }[]).map(({ port }) => `${metadata.name}:${port}`));

const variants = ['no profile', ...(base.profiles ?? []).map(({ name }) => name)];

describe.each(variants)('skaffold.yaml with %s', (name) => {
  const config = name === 'no profile' ? base : withProfile(base, name);

  test('is what the schema of its version has', () => {
    expect(() => skaffoldConfig.parse(config)).not.toThrow();
  });

  test('builds the thirteen services that the chart, Dapr and the folders know', () => {
    const built = artifactsOf(config).filter(({ docker }) => docker.buildArgs?.SERVICE !== undefined);
    expect(built.map(({ image }) => image)).toEqual(services.map(imageOf));
    expect(built.map(({ docker }) => docker.buildArgs?.SERVICE)).toEqual(services);
    expect(Object.keys(parse(textOf('charts', 'souk', 'values.yaml')).services)).toEqual(services);
    expect(readdirSync(join(root, 'services')).sort()).toEqual([...services].sort());
  });

  test('builds from stages and with arguments that the Dockerfiles have', () => {
    for (const { docker } of artifactsOf(config)) {
      const dockerfile = textOf(docker.dockerfile ?? 'Dockerfile');
      const stages = [...dockerfile.matchAll(/^FROM \S+ AS (\S+)$/gm)].map(([, stage]) => stage);
      expect(stages).toContain(docker.target);
      for (const argument of Object.keys(docker.buildArgs ?? {}))
        expect(dockerfile).toMatch(new RegExp(`^ARG ${argument}$`, 'm'));
    }
  });

  test('builds every image of ours that its charts run, and has helm refuse no value', async () => {
    const objects = (await allRendered(config)).filter((object) => hookOf(object) !== 'test');
    const ours = containersIn(objects).map(({ image }) => withoutTag(image));
    const built = artifactsOf(config).map(({ image }) => image);
    expect(ours.filter((image) => image.includes('/souk/') && !built.includes(image) && !image.startsWith(BUILT))).toEqual([]);
    expect(new Set(ours.filter((image) => built.includes(image))).size).toBeGreaterThanOrEqual(services.length);
  });

  test('leaves no hook with an image that is built, because helm shows hooks to no one who puts the built one in its place', async () => {
    const hooks = (await allRendered(config)).filter((object) => hookOf(object).startsWith('p'));
    const images = containersIn(hooks).map(({ image }) => image);
    expect(images).toContain(`${BUILT}/${imageOf('gateway')}:1`);
    const built = artifactsOf(config).map(({ image }) => image);
    expect(images.filter((image) => built.includes(withoutTag(image)))).toEqual([]);
  });

  test('forwards ports that Services have, and installs into the namespace that k8s/namespace.yaml makes', async () => {
    const doors = doorsIn(await allRendered(config));
    for (const { resourceName, port } of config.portForward ?? []) expect(doors).toContain(`${resourceName}:${port}`);
    const { metadata } = parse(textOf('k8s', 'namespace.yaml'));
    const spaces = [...releasesOf(config), ...(config.portForward ?? [])].map(({ namespace }) => namespace);
    expect(new Set(spaces)).toEqual(new Set([metadata.name]));
  });

  test('releases wait for releases that there are', () => {
    const names = releasesOf(config).map((release) => release.name);
    for (const { dependsOn = [] } of releasesOf(config)) expect(names).toEqual(expect.arrayContaining(dependsOn));
  });
});

describe('the loop', () => {
  const dev = withProfile(base, 'dev');

  test('carries every source of a service or package into its image instead of building it again', () => {
    const sources = globSync('{services,packages}/*/src/**/*.ts', { cwd: root });
    expect(sources.length).toBeGreaterThan(500);
    for (const { sync } of artifactsOf(dev).slice(0, services.length)) {
      const left = sources.filter((path) => !sync?.manual.some(({ src }) => matchesGlob(path, src)));
      expect(left).toEqual([]);
      // The Dockerfile's sources lie below its working directory as they do in the checkout.
      expect(new Set(sync?.manual.map(({ dest }) => dest))).toEqual(
        new Set([/^WORKDIR (\S+)$/m.exec(textOf('Dockerfile'))?.[1]]),
      );
    }
  });

  test('starts every service again whose sources it has replaced, and nothing else', () => {
    const watching = artifactsOf(dev).filter(({ docker }) => docker.target === 'dev');
    expect(watching.map(({ image }) => image)).toEqual(services.map(imageOf));
  });

  test('lets sources be replaced in the running container, and only there', async () => {
    const readOnly = async (config: SkaffoldConfig) =>
      containersIn((await allRendered(config)).filter(({ kind }) => kind === 'Deployment'))
        .filter((container) => container.name === 'app')
        .map(({ securityContext }) => securityContext?.readOnlyRootFilesystem);
    expect(await readOnly(dev)).toEqual(services.map(() => false));
    expect(await readOnly(base)).toEqual(services.map(() => true));
  });
});

describe('skaffold verify', () => {
  const [check] = base.verify ?? [];
  const job: KubeObject = parse(textOf(check?.executionMode.kubernetesCluster.jobManifestPath ?? ''));
  const [container] = containersIn([job]);

  test('runs scripts that there are, in an image that is built, in the place of the manifest’s container of that name', () => {
    expect(artifactsOf(base).map(({ image }) => image)).toContain(check?.container.image);
    expect(container?.name).toBe(check?.container.name);
    const scripts = [...(check?.container.args ?? []).join(' ').matchAll(/import\('\.\/([^']+)'\)/g)].map(
      ([, path]) => path ?? '',
    );
    expect(scripts).toHaveLength(2);
    for (const path of scripts) expect(existsSync(join(root, path))).toBe(true);
  });

  test('asks Services and reads a Secret that the charts make', async () => {
    const objects = await allRendered(base);
    const urls = (container?.env ?? []).flatMap(({ name, value = '' }) => (name.endsWith('_URL') ? [new URL(value).host] : []));
    expect(urls).toHaveLength(2);
    expect(doorsIn(objects)).toEqual(expect.arrayContaining(urls));
    const secrets = objects.filter(({ kind }) => kind === 'Secret').map(({ metadata }) => metadata.name);
    const [, mounted] = /secretName: ([\w-]+)/.exec(textOf('k8s', 'verify-job.yaml')) ?? [];
    expect(secrets).toContain(mounted);
  });
});

test(
  'an API server takes the namespace of k8s/, and the pod of the verification in it',
  async () => {
    const server = await startApiServer(programs);
    try {
      await server.kubectl(['create', '--validate=strict', '--filename', join(root, 'k8s', 'namespace.yaml')]);
      const job: KubeObject = parse(textOf('k8s', 'verify-job.yaml'));
      const [pod] = podsOf(job);
      const dryRun = ['create', '--dry-run=server', '--validate=strict', '--output=name', '--namespace', 'souk', '--filename=-'];
      const items = [job, { ...pod, metadata: { ...pod?.metadata, name: 'order' } }];
      const taken = await server.kubectl(dryRun, JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
      expect(taken.trim().split('\n')).toEqual(['job.batch/order', 'pod/order']);
    } finally {
      await server.stop();
    }
  },
  START_MS,
);

test('kind makes one node that controls and two that work', () => {
  const [cluster] = parseAllDocuments(textOf('k8s', 'kind.yaml')).map((document) => document.toJS());
  expect(cluster).toMatchObject({ kind: 'Cluster', apiVersion: 'kind.x-k8s.io/v1alpha4' });
  expect(cluster.nodes.map(({ role }: { role: string }) => role)).toEqual(['control-plane', 'worker', 'worker']);
});

const skaffold = findOnPath('skaffold');

// What can be said of the file without the program is said above.
(skaffold === undefined ? test.skip : test).each(variants)('Skaffold itself reads the file with %s', async (name) => {
  const profiles = name === 'no profile' ? [] : ['--profile', name];
  const args = ['diagnose', '--yaml-only', '--filename', join(root, 'skaffold.yaml'), ...profiles];
  expect(await pipe(skaffold ?? '', args)).toContain(imageOf('gateway'));
});
