import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { KUBERNETES_VERSION } from '../../scripts/system/parts/kubernetes.ts';
import { root } from '../../scripts/system/places.ts';
import { pipe } from './api-server.ts';

export const CHARTS = ['souk', 'platform'] as const;
export type Chart = (typeof CHARTS)[number];
export const NAMESPACE = 'shop';

/**
 * What the charts are rendered with in tests, and which of them: their defaults, as little as can be, everything that can be switched on,
 * what others look after in place of the platform, and three of all.
 */
export const VALUE_SETS = {
  default: CHARTS,
  minimal: CHARTS,
  'all-on': CHARTS,
  external: ['souk'],
  three: CHARTS,
} as const satisfies Record<string, readonly Chart[]>;
export type ValueSet = keyof typeof VALUE_SETS;

/** Every set with every chart that it has values of. */
export const CASES = (Object.keys(VALUE_SETS) as ValueSet[]).flatMap((values) =>
  VALUE_SETS[values].map((chart): [Chart, ValueSet] => [chart, values]),
);

export interface KubeObject {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string; labels?: Record<string, string>; annotations?: Record<string, string> };
  spec?: Record<string, unknown> | undefined;
  data?: Record<string, string>;
}

/** The specification of a pod, as far as the rules ask for it. */
export interface PodSpec {
  containers: Container[];
  initContainers?: Container[];
  securityContext?: Record<string, unknown>;
  automountServiceAccountToken?: boolean;
  serviceAccountName?: string;
}

export interface Container {
  name: string;
  image: string;
  securityContext?: Record<string, unknown>;
  resources?: { limits?: Record<string, string>; requests?: Record<string, string> };
  readinessProbe?: object;
  livenessProbe?: object;
  env?: { name: string; value?: string }[];
}

export function valueFlags(chart: Chart, values: ValueSet): string[] {
  return values === 'default' ? [] : ['--values', join(import.meta.dirname, 'values', `${chart}-${values}.yaml`)];
}

/** The text that helm makes of a chart. Throws with helm's reason when it refuses. */
export function render(helm: string, chart: Chart, flags: readonly string[]): Promise<string> {
  const folder = join(root, 'charts', chart);
  return pipe(helm, ['template', chart, folder, '--namespace', NAMESPACE, '--kube-version', KUBERNETES_VERSION, ...flags]);
}

export function objectsIn(text: string): KubeObject[] {
  return parseAllDocuments(text)
    .map((document) => document.toJS() as KubeObject | null)
    .filter((object) => object !== null);
}

/** The objects of a kind by the service or part that they belong to. */
export function named(objects: readonly KubeObject[], kind: string): Map<string, KubeObject> {
  const found = objects.filter((one) => one.kind === kind);
  return new Map(found.map((one) => [one.metadata.labels?.['app.kubernetes.io/name'] ?? one.metadata.name, one]));
}

/** An object's specification as the test that asks for it knows it. Throws when there is no such object. */
export function specOf<Spec>(object: Pick<KubeObject, 'metadata' | 'spec'> | undefined): Spec {
  if (object?.spec === undefined) throw new Error(`${object?.metadata.name ?? 'an object'} has no specification`);
  return object.spec as Spec;
}

const WITH_TEMPLATE = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'Job']);

/** Every pod that an object would make, with the labels and annotations it would have. */
export function podsOf({ kind, metadata, spec = {} }: KubeObject): KubeObject[] {
  const owner = kind === 'CronJob' ? (spec.jobTemplate as { spec: Record<string, unknown> }).spec : spec;
  if (kind === 'Pod') return [{ apiVersion: 'v1', kind, metadata, spec }];
  if (!WITH_TEMPLATE.has(kind) && kind !== 'CronJob') return [];
  const { metadata: own = {}, spec: pod } = owner.template as { metadata?: object; spec: Record<string, unknown> };
  const claims = (spec.volumeClaimTemplates ?? []) as { metadata: { name: string } }[];
  const claimed = claims.map(({ metadata: { name } }) => ({ name, persistentVolumeClaim: { claimName: name } }));
  const volumes = [...((pod.volumes ?? []) as object[]), ...claimed];
  return [{ apiVersion: 'v1', kind: 'Pod', metadata: { name: metadata.name, ...own }, spec: { ...pod, volumes } }];
}
