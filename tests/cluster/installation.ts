import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { SERVICES } from '@souk/contracts';
import { addIngress } from '../../scripts/cluster/addons.ts';
import type { Cluster } from '../../scripts/cluster/cluster.ts';
import { helm, importImages, kubectl } from '../../scripts/cluster/commands.ts';
import { installDapr } from '../../scripts/cluster/dapr.ts';
import { provideImages } from '../../scripts/cluster/images.ts';
import { startCluster } from '../../scripts/cluster/index.ts';
import type { Enforcement } from '../../scripts/cluster/policies.ts';
import { enforcePolicies } from '../../scripts/cluster/policies.ts';
import { provideClusterPrograms } from '../../scripts/cluster/provide.ts';
import { writeImages } from '../../scripts/images/index.ts';
import { root } from '../../scripts/system/places.ts';
import type { Say } from '../../scripts/system/ways.ts';
import { INGRESS_PORT, keepCertificate } from './ingress.ts';

export const NAMESPACE = 'souk';
/** Of the first installation, as in values/souk.yaml, and of what it is upgraded to. */
const [FIRST_TAG, NEXT_TAG] = ['test', 'next'];

export { NEXT_TAG };

const REPOSITORY = 'docker.io/souk/souk';

export interface Installation {
  cluster: Cluster;
  policies: Enforcement;
  /** The file of the authority that signed the Ingress' certificate. */
  authority: string;
}

/** Of a cluster that holds nothing yet: Dapr, the platform and Souk, installed as a person would, by helm, under network policies. */
export async function installEverything({ folder, say }: { folder: string; say: Say }): Promise<Installation> {
  await provideClusterPrograms(say);
  mkdirSync(folder, { recursive: true });
  const archive = join(folder, 'souk.tar');
  await writeImages({ repository: REPOSITORY, tags: [FIRST_TAG, NEXT_TAG], services: SERVICES, file: archive });
  const parts = await provideImages(['operator', 'injector', 'sentry', 'daprd', 'traefik', 'rabbitmq', 'secantusd'], say);
  const startedMs = Date.now();
  const told = (what: string): void => say(`${what} after ${((Date.now() - startedMs) / 1_000).toFixed(1)} s`);
  const cluster = await startCluster({ folder, say, metrics: true });
  told('an empty cluster');
  for (const one of [...parts, archive]) await importImages(cluster, one);
  told('images');
  await makeNamespace(cluster);
  const policies = await enforcePolicies(cluster);
  const authority = await keepCertificate(cluster, NAMESPACE);
  await Promise.all([installDapr(cluster), addIngress(cluster, INGRESS_PORT), install(cluster, 'platform')]);
  told('Dapr, an ingress controller and the platform');
  await install(cluster, 'souk');
  told('Souk, every pod of it ready');
  return { cluster, policies, authority };
}

/** Held to Kubernetes' strictest standard for pods. */
async function makeNamespace(cluster: Cluster): Promise<void> {
  const metadata = { name: NAMESPACE, labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } };
  await kubectl(cluster, ['create', '--filename=-'], JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata }));
}

/** Installs a chart of ours with the values of this cluster, and waits until all of it is ready. */
export async function install(cluster: Cluster, chart: 'platform' | 'souk', more: readonly string[] = []): Promise<void> {
  const values = join(import.meta.dirname, 'values', `${chart}.yaml`);
  const target = ['--namespace', NAMESPACE, '--wait', '--timeout', '240s'];
  await helm(cluster, ['upgrade', '--install', chart, join(root, 'charts', chart), '--values', values, ...target, ...more]);
}

/** Has helm's own test buy something. Throws with what its pod said when that fails. */
export async function buySomething(cluster: Cluster): Promise<void> {
  const of = ['--namespace', NAMESPACE];
  await helm(cluster, ['test', 'souk', ...of, '--timeout', '300s']).catch(async (error: Error) => {
    const logs = ['seed', 'buy'].map((container) =>
      kubectl(cluster, ['logs', 'souk-buy', ...of, '--container', container, '--tail=20']),
    );
    const said = (await Promise.allSettled(logs)).flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    throw new Error([error.message, ...said].join('\n'));
  });
}
