import type { Cluster } from '../../scripts/cluster/cluster.ts';
import { kubectl } from '../../scripts/cluster/commands.ts';
import { NAMESPACE } from './installation.ts';

/** How many sockets each replica of the websocket service has open, by its own figures. */
export async function socketsPerPod(cluster: Cluster): Promise<number[]> {
  const selector = 'app.kubernetes.io/part-of=souk,app.kubernetes.io/name=websocket';
  const printed = await kubectl(cluster, ['get', 'pods', '--namespace', NAMESPACE, '--selector', selector, '--output=json']);
  const { items }: { items: { metadata: { name: string; deletionTimestamp?: string } }[] } = JSON.parse(printed);
  const running = items.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  return Promise.all(
    running.map(async ({ metadata: { name } }) => {
      const metrics = await kubectl(cluster, ['get', '--raw', `/api/v1/namespaces/${NAMESPACE}/pods/${name}:8009/proxy/metrics`]);
      return Number(/^souk_sockets\S* (\d+)$/m.exec(metrics)?.[1] ?? 0);
    }),
  );
}
