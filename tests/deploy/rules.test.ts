import { SERVICES } from '@souk/contracts';
import { loadApps } from '../../scripts/system/declarations.ts';
import type { ChartPrograms } from '../../scripts/system/parts/kubernetes.ts';
import { findChartPrograms } from '../../scripts/system/parts/kubernetes.ts';
import type { Container, KubeObject, PodSpec, ValueSet } from './rendering.ts';
import { CHARTS, named, objectsIn, podsOf, render, specOf, VALUE_SETS, valueFlags } from './rendering.ts';

/** What the project asks of its own objects, beyond what Kubernetes refuses. */

const START_MS = 180_000;
let programs: ChartPrograms;

beforeAll(async () => {
  programs = await findChartPrograms(() => undefined);
}, START_MS);

const souk = async (values: ValueSet) => objectsIn(await render(programs.helm, 'souk', valueFlags('souk', values)));
/** Those that are there for as long as the release is, unlike the pods of jobs. */
const lasting = (object: KubeObject) => object.kind === 'Deployment' || object.kind === 'StatefulSet';

describe.each(CHARTS)('every container of the chart %s', (chart) => {
  describe.each(VALUE_SETS)('with the values %s', (values) => {
    const containers = async (of: (object: KubeObject) => boolean = () => true): Promise<[string, Container][]> => {
      const objects = objectsIn(await render(programs.helm, chart, valueFlags(chart, values))).filter(of);
      const found = objects.flatMap(podsOf).flatMap(({ metadata, spec }) => {
        const { containers, initContainers = [] } = specOf<PodSpec>({ metadata, spec });
        return [...containers, ...initContainers].map((one): [string, Container] => [`${metadata.name}/${one.name}`, one]);
      });
      expect(found.length).toBeGreaterThan(1);
      return found;
    };
    const failing = async (isRight: (container: Container) => boolean, of?: (object: KubeObject) => boolean) =>
      (await containers(of)).filter(([, container]) => !isRight(container)).map(([name]) => name);

    test('may write nowhere but to its volumes, and gains nothing', async () => {
      const isHardened = ({ securityContext }: Container) =>
        securityContext?.readOnlyRootFilesystem === true && securityContext.allowPrivilegeEscalation === false;
      expect(await failing(isHardened)).toEqual([]);
    });

    test('has a memory limit, and says what it needs', async () => {
      const isMeasured = ({ resources }: Container) =>
        [resources?.limits?.memory, resources?.requests?.memory, resources?.requests?.cpu].every((one) => one !== undefined);
      expect(await failing(isMeasured)).toEqual([]);
    });

    test('is asked whether it is ready and whether it lives', async () => {
      const isProbed = (container: Container) => container.readinessProbe !== undefined && container.livenessProbe !== undefined;
      expect(await failing(isProbed, lasting)).toEqual([]);
    });

    test('runs an image of a known version', async () => {
      const isNamed = ({ image }: Container) => /^[\w.-]+(?::\d+)?\/[\w./-]+:[\w.-]+$/.test(image) && !image.endsWith(':latest');
      expect(await failing(isNamed)).toEqual([]);
    });

    test('cannot speak to the API server', async () => {
      const objects = objectsIn(await render(programs.helm, chart, valueFlags(chart, values)));
      const open = objects.flatMap(podsOf).filter(({ spec }) => spec?.automountServiceAccountToken !== false);
      expect(open.map(({ metadata }) => metadata.name)).toEqual([]);
    });
  });
});

describe('the services of the chart', () => {
  test('are those that there are, on the ports that they have', async () => {
    const services = named(await souk('default'), 'Service');
    const ports = [...services].map(([name, service]) => [name, specOf<{ ports: { port: number }[] }>(service).ports[0]?.port]);
    const apps = loadApps();
    expect(ports.sort()).toEqual(apps.map(({ name, app }) => [name, app]).sort());
    expect(apps.map(({ name }) => name).sort()).toEqual([...SERVICES].sort());
  });

  test('have the sidecars that they run beside on one machine', async () => {
    const deployments = named(await souk('default'), 'Deployment');
    const annotations = (name: string) =>
      [deployments.get(name)].flatMap((one) => (one ? podsOf(one) : []))[0]?.metadata.annotations;
    for (const { name, app } of loadApps())
      expect(annotations(name)).toMatchObject({ 'dapr.io/app-id': name, 'dapr.io/app-port': String(app) });
  });
});
