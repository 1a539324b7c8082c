import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Cluster } from './cluster.ts';
import { fillManifest, NODE } from './cluster.ts';
import { kubectl } from './commands.ts';
import { IMAGES } from './images.ts';

const VOLUMES = 6;
const ROLLOUT_TIMEOUT = '--timeout=90s';

/** Names of services and pods, for pods. Waits until they are answered. */
export async function addDns(cluster: Cluster): Promise<void> {
  await kubectl(cluster, ['apply', '-f', '-'], fillManifest('coredns.yaml', { dns: NODE.dns, image: IMAGES.coredns }));
  await kubectl(cluster, ['rollout', 'status', 'deployment/coredns', '-n', 'kube-system', ROLLOUT_TIMEOUT]);
}

/** What pods use, for `kubectl top` and for autoscaling. Does not wait for the first figures, which take it twenty seconds. */
export async function addMetrics(cluster: Cluster): Promise<void> {
  await kubectl(cluster, ['apply', '-f', '-'], fillManifest('metrics-server.yaml', { image: IMAGES.metricsServer }));
}

/** A default class with some empty volumes, folders of the cluster's own: there is nobody who would make them on demand. */
export async function addStorage(cluster: Cluster): Promise<void> {
  const volumes = Array.from({ length: VOLUMES }, (_, index) => `volume-${index + 1}`).map((name) => {
    const path = join(cluster.folder, 'volumes', name);
    mkdirSync(path, { recursive: true });
    return fillManifest('local-volume.yaml', { name, path, node: NODE.name });
  });
  await kubectl(cluster, ['apply', '-f', '-'], fillManifest('storage-class.yaml', {}) + volumes.join(''));
}

/** A controller for Ingresses of the class `traefik`, which answers TLS on `nodePort` of the node. Waits until it listens. */
export async function addIngress(cluster: Cluster, nodePort: number): Promise<void> {
  const values = { image: IMAGES.traefik, address: NODE.address, nodePort: String(nodePort) };
  await kubectl(cluster, ['apply', '-f', '-'], fillManifest('traefik.yaml', values));
  await kubectl(cluster, ['rollout', 'status', 'deployment/traefik', '-n', 'ingress', ROLLOUT_TIMEOUT]);
}
