import type { ServiceDefinition } from '@souk/service-kit';
import { loadServices } from '../../scripts/docs/services.ts';
import type { ChartPrograms } from '../../scripts/system/parts/kubernetes.ts';
import { findChartPrograms } from '../../scripts/system/parts/kubernetes.ts';
import type { KubeObject } from './rendering.ts';
import { named, objectsIn, render, specOf, valueFlags } from './rendering.ts';

const START_MS = 180_000;
/** Those that the value set all-on scales by their queues. */
const BY_QUEUES = ['audit', 'sales'];

interface Scaler {
  scaleTargetRef: { kind: string; name: string };
  minReplicas: number;
  maxReplicas: number;
  behavior: object;
}

interface ScaledObject {
  scaleTargetRef: { kind: string; name: string };
  minReplicaCount: number;
  maxReplicaCount: number;
  advanced: { horizontalPodAutoscalerConfig: { behavior: object } };
  triggers: { type: string; metricType?: string; metadata: Record<string, string>; authenticationRef?: { name: string } }[];
}

let programs: ChartPrograms;
let services: readonly ServiceDefinition[];
let on: KubeObject[];
let off: KubeObject[];

const rendered = async (...flags: string[]) => objectsIn(await render(programs.helm, 'souk', flags));

beforeAll(async () => {
  programs = await findChartPrograms(() => undefined);
  services = await loadServices();
  [on, off] = [await rendered(...valueFlags('souk', 'all-on')), await rendered()];
}, START_MS);

const targetsIn = (objects: readonly KubeObject[]) =>
  objects
    .filter(({ kind }) => kind === 'HorizontalPodAutoscaler' || kind === 'ScaledObject')
    .map((object) => specOf<Pick<Scaler, 'scaleTargetRef'>>(object).scaleTargetRef.name);

/** Deployments that leave their replicas to somebody. */
const unset = (objects: readonly KubeObject[]) =>
  objects.filter(({ kind, spec }) => kind === 'Deployment' && spec?.replicas === undefined).map(({ metadata }) => metadata.name);

test('one autoscaler and nobody else sets the replicas of a service, or its values do', () => {
  expect(targetsIn(off)).toEqual([]);
  expect(unset(off)).toEqual([]);
  expect(targetsIn(on)).toHaveLength(services.length);
  expect(targetsIn(on).sort()).toEqual(unset(on).sort());
});

test('KEDA scales those that ask for it, by the application’s processor and by each durable queue that they declare', () => {
  const scaled = named(on, 'ScaledObject');
  expect([...scaled.keys()].sort()).toEqual(BY_QUEUES);
  for (const name of BY_QUEUES) {
    const [cpu, ...queues] = specOf<ScaledObject>(scaled.get(name)).triggers;
    expect(cpu).toEqual({ type: 'cpu', metricType: 'Utilization', metadata: { containerName: 'app', value: '70' } });
    const declared = services.find((service) => service.name === name)?.queues.map(({ queue }) => queue);
    expect(queues.map(({ metadata }) => metadata.queueName)).toEqual(declared);
    expect(queues.map(({ metadata }) => metadata.value)).toEqual(declared?.map(() => (name === 'audit' ? '1000' : '100')));
  }
});

test('goes within the same bounds and as slowly down, whoever scales', async () => {
  const flags = (queueLength: number) => [
    ...['--set', `services.sales.autoscaling.queueLength=${queueLength}`],
    ...['--set', 'defaults.autoscaling.enabled=true,defaults.autoscaling.minReplicas=3,defaults.autoscaling.maxReplicas=9'],
    ...['--set', 'defaults.autoscaling.scaleDownSeconds=700'],
  ];
  const byCpu = specOf<Scaler>(named(await rendered(...flags(0)), 'HorizontalPodAutoscaler').get('sales'));
  const byQueues = specOf<ScaledObject>(named(await rendered(...flags(5)), 'ScaledObject').get('sales'));
  expect([byQueues.minReplicaCount, byQueues.maxReplicaCount]).toEqual([3, 9]);
  expect([byCpu.minReplicas, byCpu.maxReplicas]).toEqual([3, 9]);
  expect(byQueues.scaleTargetRef).toMatchObject(byCpu.scaleTargetRef);
  expect(byQueues.advanced.horizontalPodAutoscalerConfig.behavior).toEqual(byCpu.behavior);
  expect(byCpu.behavior).toEqual({ scaleDown: { stabilizationWindowSeconds: 700 } });
});

test('a service without queues is scaled by its processor, whatever is asked for', async () => {
  const objects = await rendered('--set', 'defaults.autoscaling.enabled=true,defaults.autoscaling.queueLength=9');
  expect([...named(objects, 'HorizontalPodAutoscaler').keys()]).toEqual(['gateway']);
});

describe.each(['values', 'existing', 'external'])('where secrets are %s', (mode) => {
  const asked = (queueLength: number) => {
    const scale = `services.sales.autoscaling.enabled=true,services.sales.autoscaling.queueLength=${queueLength}`;
    return rendered('--set', `secrets.mode=${mode},${scale}`);
  };

  test('KEDA has an address of the broker of its own, when it is asked for', async () => {
    const objects = await asked(50);
    const [authentication] = objects.filter(({ kind }) => kind === 'TriggerAuthentication');
    const triggers = specOf<ScaledObject>(named(objects, 'ScaledObject').get('sales')).triggers.slice(1);
    expect(triggers.length).toBeGreaterThan(0);
    for (const { authenticationRef } of triggers) expect(authenticationRef?.name).toBe(authentication?.metadata.name);
    expect(authentication?.metadata.name).toBe('souk-autoscaler');
    const [secret] = specOf<{ secretTargetRef: { parameter: string; name: string; key: string }[] }>(
      authentication,
    ).secretTargetRef;
    expect(secret).toMatchObject({ parameter: 'host', name: 'souk-autoscaler', key: 'rabbitmq-uri' });
    const makers = objects.filter(({ kind, metadata }) => /Secret$/.test(kind) && metadata.name === secret?.name);
    const kinds = { values: ['Secret'], existing: [], external: ['ExternalSecret'] }[mode];
    expect(makers.map(({ kind }) => kind)).toEqual(kinds);
  });

  test('and none when it is not', async () => {
    expect((await asked(0)).filter(({ metadata }) => metadata.name.endsWith('-autoscaler'))).toEqual([]);
  });
});
