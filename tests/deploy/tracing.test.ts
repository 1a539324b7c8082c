import { SERVICES } from '@souk/contracts';
import { findChartPrograms } from '../../scripts/system/parts/kubernetes.ts';
import type { KubeObject } from './rendering.ts';
import { named, objectsIn, podsOf, render, specOf } from './rendering.ts';

interface Egress {
  to: object[];
  ports: { port: number }[];
}
interface SidecarTracing {
  samplingRate: string;
  otel?: { endpointAddress: string; isSecure: boolean };
}
interface Container {
  env: { name: string; value?: string }[];
}

const COLLECTOR = 'app.kubernetes.io/name":"jaeger"';
let helm: string;

beforeAll(async () => {
  ({ helm } = await findChartPrograms(() => undefined));
}, 180_000);

const rendered = async (values: object): Promise<KubeObject[]> =>
  objectsIn(await render(helm, 'souk', [`--set-json=tracing=${JSON.stringify(values)}`]));

/** What each service is told for OpenTelemetry. */
const toldTo = (objects: KubeObject[]) =>
  new Map(
    [...named(objects, 'Deployment')].map(([name, deployment]) => {
      const containers = podsOf(deployment).flatMap((pod) => specOf<{ containers: Container[] }>(pod).containers);
      const told = containers.flatMap(({ env }) => env).filter((each) => each.name.startsWith('OTEL_'));
      return [name, Object.fromEntries(told.map((each) => [each.name, each.value]))];
    }),
  );

/** The ports that all pods may reach the collector at. */
function portsOpen(objects: KubeObject[]): number[] {
  const policies = objects.filter(({ kind, metadata }) => kind === 'NetworkPolicy' && metadata.name.endsWith('-everyone'));
  const rules = policies.flatMap((policy) => specOf<{ egress: Egress[] }>(policy).egress);
  return rules.filter(({ to }) => JSON.stringify(to).includes(COLLECTOR)).flatMap(({ ports }) => ports.map(({ port }) => port));
}

const tracingOfSidecars = (objects: KubeObject[]) =>
  [...named(objects, 'Configuration').values()].map((each) => specOf<{ tracing: SidecarTracing }>(each).tracing);

test('nobody records spans unless it is asked for', async () => {
  const objects = await rendered({});
  expect([...toldTo(objects).values()]).toEqual(SERVICES.map(() => ({})));
  expect(portsOpen(objects)).toEqual([]);
  expect(tracingOfSidecars(objects)).toEqual(SERVICES.map(() => ({ samplingRate: '0' })));
});

test.each([
  ['http://platform-jaeger:4318', 4318],
  ['http://collector.example', 80],
  ['https://collector.example/otlp', 443],
])('services that send theirs to %s may reach it, and sidecars record none', async (endpoint, port) => {
  const objects = await rendered({ enabled: true, endpoint, samplePercent: 5 });
  const told = {
    OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
    OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
    OTEL_TRACES_SAMPLER_ARG: '0.05',
  };
  expect(Object.fromEntries(toldTo(objects))).toEqual(Object.fromEntries(SERVICES.map((name) => [name, told])));
  expect(portsOpen(objects)).toEqual([port]);
  expect(tracingOfSidecars(objects)).toEqual(SERVICES.map(() => ({ samplingRate: '0' })));
});

test('sidecars that record theirs send as many to the same place', async () => {
  const objects = await rendered({ enabled: true, endpoint: 'https://collector.example', samplePercent: 5, sidecars: true });
  const otel = { endpointAddress: 'collector.example:443', isSecure: true, protocol: 'http' };
  expect(tracingOfSidecars(objects)).toEqual(SERVICES.map(() => ({ samplingRate: '0.05', otel })));
});
