import type { Cluster } from '../../scripts/cluster/cluster.ts';
import { kubectl } from '../../scripts/cluster/commands.ts';
import { until } from '../../scripts/cluster/waiting.ts';
import { install, NAMESPACE } from './installation.ts';

/** Those that race for the same rows, and whoever holds clients' connections. */
const SPREAD = ['sales', 'inventory', 'websocket'];
const REPLICAS = 3;

/** Upgrades the release to three replicas of the services that have the most to lose by them. */
export function spread(cluster: Cluster, tag: string): Promise<void> {
  const values = SPREAD.map((name) => `services.${name}.replicas=${REPLICAS}`);
  return install(cluster, 'souk', ['--set', [`image.tag=${tag}`, ...values].join(',')]);
}

/** How many replicas of a service are ready. */
export async function readyReplicas(cluster: Cluster, service: string): Promise<number> {
  const path = '--output=jsonpath={.status.readyReplicas}';
  return Number(await kubectl(cluster, ['get', 'deployment', `souk-${service}`, '--namespace', NAMESPACE, path]));
}

export interface Scaling {
  most: number;
  outSeconds: number;
  backSeconds: number;
}

const SCALED = 'gateway';
const PROMISED = '150m';
const OUT_MS = 150_000;
const BACK_MS = 180_000;

/**
 * Has the gateway scaled by its use of the processor: `work` is load, which goes on until there are more replicas than one; then they have to
 * go again. Throws when either does not come about.
 */
export async function scaleOutAndBack(cluster: Cluster, tag: string, work: () => Promise<unknown>): Promise<Scaling> {
  const scale = `services.${SCALED}.autoscaling`;
  const values = [`${scale}.enabled=true`, `${scale}.minReplicas=1`, `${scale}.maxReplicas=3`, `${scale}.scaleDownSeconds=10`];
  // What percents are of: of the little that this node promises, a gateway with nothing to do uses more.
  values.push(`services.${SCALED}.resources.requests.cpu=${PROMISED}`);
  await install(cluster, 'souk', ['--set', [`image.tag=${tag}`, ...values].join(',')]);
  let isWorking = true;
  const working = Promise.all(
    Array.from({ length: 16 }, async () => {
      while (isWorking) await work();
    }),
  );
  const startedMs = Date.now();
  let most = 1;
  const count = async () => {
    const ready = await readyReplicas(cluster, SCALED);
    most = Math.max(most, ready);
    return ready;
  };
  await until(`${SCALED} has more replicas`, OUT_MS, async () => (await count()) > 1).finally(() => {
    isWorking = false;
  });
  const outSeconds = (Date.now() - startedMs) / 1_000;
  await working;
  const calmMs = Date.now();
  await until(`${SCALED} has one replica again`, BACK_MS, async () => (await count()) === 1);
  return { most, outSeconds, backSeconds: (Date.now() - calmMs) / 1_000 };
}
