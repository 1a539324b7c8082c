import { SERVICES } from '@souk/contracts';
import type { Cluster } from '../../scripts/cluster/cluster.ts';
import { kubectl } from '../../scripts/cluster/commands.ts';
import type { Say } from '../../scripts/system/ways.ts';
import type { Load } from '../faults/load.ts';
import { startLoad } from '../faults/load.ts';
import type { Rest } from '../faults/rest.ts';
import { comeToRest } from '../faults/rest.ts';
import type { Market } from '../faults/world.ts';
import { NAMESPACE } from './installation.ts';

const REST_MS = 120_000;
const WORK_MS = 120_000;
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

/** Kubernetes makes another; waits until that one is ready. */
async function deletePod(cluster: Cluster, service: string): Promise<void> {
  const of = ['--namespace', NAMESPACE];
  await kubectl(cluster, [
    'delete',
    'pod',
    ...of,
    '--selector',
    `app.kubernetes.io/part-of=souk,app.kubernetes.io/name=${service}`,
  ]);
  await kubectl(cluster, ['rollout', 'status', `deployment/souk-${service}`, ...of, '--timeout=120s']);
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
