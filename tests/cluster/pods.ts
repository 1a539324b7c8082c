import { SERVICES } from '@souk/contracts';
import type { Cluster } from '../../scripts/cluster/cluster.ts';
import { kubectl } from '../../scripts/cluster/commands.ts';
import { until } from '../../scripts/cluster/waiting.ts';
import type { Say } from '../../scripts/system/ways.ts';
import type { Load } from '../faults/load.ts';
import { startLoad } from '../faults/load.ts';
import type { Rest } from '../faults/rest.ts';
import { comeToRest } from '../faults/rest.ts';
import type { Market } from '../faults/world.ts';
import { NAMESPACE } from './installation.ts';

const REST_MS = 120_000;
const WORK_MS = 120_000;
const REPLACED_MS = 120_000;
const ORDERS_BETWEEN = 3;
const PAUSE_MS = 200;

export interface PodsResult {
  deleted: { service: string; readyAfterMs: number }[];
  orders: number;
  rest: Rest;
}

/** Deletes the pod of each service, one after another, while customers buy; then waits until all is at rest and the oracle was asked. */
export async function deletePods(
  cluster: Cluster,
  market: Market,
  { seed, say }: { seed: number; say: Say },
): Promise<PodsResult> {
  const load = startLoad(market, { seed, pauseMs: PAUSE_MS });
  const deleted: PodsResult['deleted'] = [];
  let lastMs = Date.now();
  try {
    for (const service of SERVICES) {
      await untilAtWork(load);
      lastMs = Date.now();
      await deletePod(cluster, service);
      deleted.push({ service, readyAfterMs: Date.now() - lastMs });
      say(`deleted the pod of ${service}; another was ready after ${((Date.now() - lastMs) / 1_000).toFixed(1)} s`);
    }
    await untilAtWork(load);
  } finally {
    await load.stop();
  }
  const rest = await comeToRest(market, load.acknowledged, { sinceMs: lastMs, withinMs: REST_MS });
  return { deleted, orders: load.acknowledged.length, rest };
}

/** Kubernetes makes another; waits until that one is ready. The old one stays a while, as an address that refuses. */
async function deletePod(cluster: Cluster, service: string): Promise<void> {
  const before = (await podsOf(cluster, service)).map(({ name }) => name);
  await kubectl(cluster, ['delete', 'pod', ...before, '--namespace', NAMESPACE, '--wait=false']);
  await until(`another pod of ${service} is ready`, REPLACED_MS, async () =>
    (await podsOf(cluster, service)).some(({ name, isReady }) => isReady && !before.includes(name)),
  );
}

interface Condition {
  type: string;
  status: string;
}

/** The pods of a service, those that are ending too. */
async function podsOf(cluster: Cluster, service: string): Promise<{ name: string; isReady: boolean }[]> {
  const selector = `app.kubernetes.io/part-of=souk,app.kubernetes.io/name=${service}`;
  const printed = await kubectl(cluster, ['get', 'pods', '--namespace', NAMESPACE, '--selector', selector, '--output=json']);
  const { items }: { items: { metadata: { name: string }; status: { conditions?: Condition[] } }[] } = JSON.parse(printed);
  return items.map(({ metadata: { name }, status: { conditions = [] } }) => ({
    name,
    isReady: conditions.some(({ type, status }) => type === 'Ready' && status === 'True'),
  }));
}

async function untilAtWork(load: Load): Promise<void> {
  const wanted = load.acknowledged.length + ORDERS_BETWEEN;
  for (
    const deadline = Date.now() + WORK_MS;
    load.acknowledged.length < wanted;
    await new Promise((done) => setTimeout(done, 50))
  )
    if (Date.now() > deadline) throw new Error(`the load makes no orders any more: ${JSON.stringify([...load.troubles])}`);
}
