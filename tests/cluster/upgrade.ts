import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster } from '../../scripts/cluster/cluster.ts';
import type { Api } from '../../scripts/demo/api.ts';
import { install } from './installation.ts';

const LEAST_REQUESTS = 5_000;
const CALLERS = 8;
/** Below what two cores can do beside thirteen pods that start. */
const PAUSE_MS = 20;
const PATHS = ['/products/search?q=mug', '/categories?limit=5', '/.well-known/jwks.json'];

export interface UpgradeResult {
  requests: number;
  seconds: number;
  /** What went wrong, by what it was: no connection, or an answer of 500 and above. */
  failures: Record<string, number>;
}

/** Upgrades the release to other images while requests go on, and counts those that fail. */
export async function upgradeUnderLoad(cluster: Cluster, api: Api, tag: string): Promise<UpgradeResult> {
  const failures: Record<string, number> = {};
  let requests = 0;
  let isDone = false;
  const ask = async (caller: number) => {
    while (!isDone || requests < LEAST_REQUESTS) {
      const path = PATHS[(requests + caller) % PATHS.length] ?? '';
      requests += 1;
      const { status } = await api.request('GET', path).catch((error: unknown) => ({ status: String(error) }));
      if (typeof status === 'string' || status >= 500) failures[`${path} ${status}`] = (failures[`${path} ${status}`] ?? 0) + 1;
      await sleep(PAUSE_MS);
    }
  };
  const startedMs = Date.now();
  const asking = Promise.all(Array.from({ length: CALLERS }, (_, caller) => ask(caller)));
  await install(cluster, 'souk', ['--set', `image.tag=${tag}`]).finally(() => {
    isDone = true;
  });
  const seconds = (Date.now() - startedMs) / 1_000;
  await asking;
  return { requests, seconds, failures };
}
