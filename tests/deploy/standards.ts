import { join } from 'node:path';
import type { ChartPrograms } from '../../scripts/system/parts/kubernetes.ts';
import { findChartPrograms, KUBERNETES_VERSION } from '../../scripts/system/parts/kubernetes.ts';
import { root } from '../../scripts/system/places.ts';
import type { Say } from '../../scripts/system/ways.ts';
import { defineResources, pipe, startApiServer } from './api-server.ts';
import type { Chart, Container, KubeObject, PodSpec, ValueSet } from './rendering.ts';
import { NAMESPACE, objectsIn, podsOf, render, specOf, valueFlags } from './rendering.ts';

/** Holds pods to Kubernetes' strictest standard, which refuses what is not hardened. */
const RESTRICTED = { name: 'restricted', labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } };
/** Of Dapr's control plane, where a Prometheus may look for pods. */
const DAPR = 'dapr-system';

/** What helm and a real API server say of a chart. All throw with the reason when something is refused. */
export interface Standards {
  readonly helm: string;
  lint(chart: Chart, values: ValueSet): Promise<void>;
  /** Gives how many objects were taken, every field of them. */
  takeObjects(objects: readonly KubeObject[]): Promise<number>;
  /** Gives how many pods a namespace for hardened pods took. */
  takePods(pods: readonly KubeObject[]): Promise<number>;
  stop(): Promise<void>;
}

export async function openStandards(say: Say): Promise<Standards> {
  const programs = await findChartPrograms(say);
  const server = await startApiServer(programs);
  const take = async (objects: readonly KubeObject[], namespace: string): Promise<number> => {
    const items = objects.map((one) => ({ ...one, metadata: { namespace, ...one.metadata } }));
    const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
    const flags = ['--dry-run=server', '--validate=strict', '--output=name', '--filename=-'];
    return (await server.kubectl(['create', ...flags], list)).trim().split('\n').length;
  };
  try {
    await defineResources(server);
    for (const metadata of [{ name: NAMESPACE }, { name: DAPR }, RESTRICTED])
      await server.kubectl(['create', '--filename=-'], JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata }));
  } catch (error) {
    await server.stop();
    throw error;
  }
  return {
    helm: programs.helm,
    lint: (chart, values) => lint(programs, chart, values),
    takeObjects: (objects) => take(objects, NAMESPACE),
    takePods: (pods) => take(pods, RESTRICTED.name),
    stop: () => server.stop(),
  };
}

async function lint({ helm }: ChartPrograms, chart: Chart, values: ValueSet): Promise<void> {
  const args = ['lint', '--strict', '--kube-version', KUBERNETES_VERSION, ...valueFlags(chart, values)];
  const said = await pipe(helm, [...args, join(root, 'charts', chart)]);
  if (!said.includes('0 chart(s) failed')) throw new Error(said);
}

const rendered = new Map<string, Promise<KubeObject[]>>();

/** What a chart makes of a set of values, rendered once. */
export function objectsOf(helm: string, chart: Chart, values: ValueSet): Promise<KubeObject[]> {
  const key = `${chart} ${values}`;
  const objects = rendered.get(key) ?? render(helm, chart, valueFlags(chart, values)).then(objectsIn);
  rendered.set(key, objects);
  return objects;
}

/** What the project asks of its own containers, beyond what Kubernetes refuses. */
export const RULES: Record<string, (container: Container, isLasting: boolean) => boolean> = {
  'may write nowhere but to its volumes, and gains nothing': ({ securityContext }) =>
    securityContext?.readOnlyRootFilesystem === true && securityContext.allowPrivilegeEscalation === false,
  'has a memory limit, and says what it needs': ({ resources }) =>
    [resources?.limits?.memory, resources?.requests?.memory, resources?.requests?.cpu].every((one) => one !== undefined),
  'is asked whether it is ready and whether it lives': ({ readinessProbe, livenessProbe }, isLasting) =>
    !isLasting || (readinessProbe !== undefined && livenessProbe !== undefined),
  'runs an image of a known version': ({ image }) =>
    /^[\w.-]+(?::\d+)?\/[\w./-]+:[\w.-]+$/.test(image) && !image.endsWith(':latest'),
};

/** Those that are there for as long as the release is, unlike the pods of jobs. */
const isLasting = ({ kind }: KubeObject) => kind === 'Deployment' || kind === 'StatefulSet';

/** The containers that break a rule, as `<object>/<container>`. Throws where there are none to ask. */
export function breaking(objects: readonly KubeObject[], rule: string): string[] {
  const isRight = RULES[rule];
  const asked = objects.flatMap((object) => podsOf(object).flatMap((pod) => containersOf(pod, isLasting(object))));
  if (!isRight || asked.length < 2) throw new Error(`nothing is asked whether it ${rule}`);
  return asked.filter(({ container, lasts }) => !isRight(container, lasts)).map(({ name }) => name);
}

interface Asked {
  name: string;
  container: Container;
  lasts: boolean;
}

function containersOf({ metadata, spec }: KubeObject, lasts: boolean): Asked[] {
  const { containers, initContainers = [] } = specOf<PodSpec>({ metadata, spec });
  const ofPod = (container: Container, stays: boolean) => ({
    name: `${metadata.name}/${container.name}`,
    container,
    lasts: stays,
  });
  return [...containers.map((one) => ofPod(one, lasts)), ...initContainers.map((one) => ofPod(one, false))];
}

interface Subject {
  kind: string;
  name: string;
}

/** Pods that could speak to the API server although no role of the chart says what for. */
export function strangersToTheApi(objects: readonly KubeObject[]): string[] {
  const bindings = objects.filter(({ kind }) => kind === 'RoleBinding') as (KubeObject & { subjects: Subject[] })[];
  const bound = new Set(bindings.flatMap(({ subjects }) => subjects.map(({ name }) => name)));
  return objects
    .flatMap(podsOf)
    .map((pod) => ({ name: pod.metadata.name, spec: specOf<PodSpec>(pod) }))
    .filter(({ spec }) => spec.automountServiceAccountToken !== false && !bound.has(spec.serviceAccountName ?? ''))
    .map(({ name }) => name);
}
