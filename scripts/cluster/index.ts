import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isAlive } from '../system/leftovers.ts';
import type { Say } from '../system/ways.ts';
import { addDns, addMetrics, addStorage } from './addons.ts';
import type { Cluster } from './cluster.ts';
import { containerdSocket, NODE } from './cluster.ts';
import { importImages, kubectl } from './commands.ts';
import { planApiServer, planControllers, planEtcd, planScheduler } from './control-plane.ts';
import type { ImageName } from './images.ts';
import { provideImages } from './images.ts';
import { claimLink, findCluster } from './link.ts';
import { configureNode, planContainerd, planKubelet, planProxy } from './node.ts';
import type { Part, PartPlan } from './parts.ts';
import { startPart, untilReady } from './parts.ts';
import { makePki } from './pki.ts';
import { closeSpaces, openSpaces } from './spaces.ts';

export interface ClusterOptions {
  /** For its data, logs and certificates, in a folder `cluster` within; what an earlier cluster left there is removed. */
  folder: string;
  say: Say;
  /** Whether pods' use is measured, which autoscaling needs. */
  metrics?: boolean;
}

const API_TIMEOUT_MS = 60_000;
const NODE_TIMEOUT_MS = 60_000;
const CONTAINERD_TIMEOUT_MS = 20_000;

/**
 * Starts a Kubernetes cluster of one node on this machine, as root, with names and storage. There is one at a time, because its names
 * and addresses on the machine are fixed: throws when there is one whose owner lives, and ends one whose owner does
 * not.
 */
export async function startCluster({ folder, say, metrics = false }: ClusterOptions): Promise<Cluster> {
  const home = join(resolve(folder), 'cluster');
  await endUnused(say);
  claimLink(home);
  try {
    rmSync(home, { recursive: true, force: true });
    const images: ImageName[] = ['pause', 'coredns', ...(metrics ? (['metricsServer'] as const) : [])];
    const archives = await provideImages(images, say);
    const startedMs = Date.now();
    const told = (what: string): void => say(`${what} after ${((Date.now() - startedMs) / 1_000).toFixed(1)} s`);
    makePki(home);
    const cluster = await openSpaces(home);
    await startNode(cluster, archives);
    told('the node is ready');
    await Promise.all([addDns(cluster), addStorage(cluster), metrics && addMetrics(cluster)]);
    told('names and storage are there');
    return cluster;
  } catch (error) {
    await closeSpaces();
    throw error;
  }
}

/** Ends a cluster with everything in it; its logs stay. Does nothing when it has ended. */
export async function stopCluster({ init, folder }: Cluster): Promise<void> {
  if (findCluster()?.init !== init) return;
  await closeSpaces();
  const data = existsSync(folder) ? readdirSync(folder).filter((name) => name !== 'logs') : [];
  for (const name of data) rmSync(join(folder, name), { recursive: true });
}

/** Ends the machine's cluster when nobody uses it: throws when the process that started it lives. Gives false when there is none. */
export async function endUnused(say: Say): Promise<boolean> {
  const found = findCluster();
  if (found === undefined) return false;
  const { owner, folder } = found;
  if (owner !== process.pid && isAlive(owner)) throw new Error(`process ${owner} runs a cluster in ${folder}`);
  say(`ending the cluster in ${folder}`);
  await stopCluster(found);
  return true;
}

async function startNode(cluster: Cluster, archives: readonly string[]): Promise<void> {
  configureNode(cluster);
  const start = (plan: PartPlan): Part => startPart(cluster, plan);
  const containerd = start(planContainerd(cluster));
  const control = [start(planEtcd(cluster)), start(planApiServer(cluster))];
  const socket = containerdSocket(cluster);
  await untilReady('containerd listens', [containerd], { timeoutMs: CONTAINERD_TIMEOUT_MS, isSo: () => existsSync(socket) });
  // The first pod needs the pause image at once.
  const imported = Promise.all(archives.map((archive) => importImages(cluster, archive)));
  const isServing = async (): Promise<boolean> => (await kubectl(cluster, ['get', '--raw=/readyz'])) === 'ok';
  await Promise.all([imported, untilReady('the API server serves', control, { timeoutMs: API_TIMEOUT_MS, isSo: isServing })]);
  const workers = [planControllers, planScheduler, planKubelet, planProxy].map((plan) => start(plan(cluster)));
  const status = '-o=jsonpath={.status.conditions[?(@.type=="Ready")].status}';
  const isReady = async (): Promise<boolean> => (await kubectl(cluster, ['get', 'node', NODE.name, status])) === 'True';
  await untilReady('the node is ready', [containerd, ...control, ...workers], { timeoutMs: NODE_TIMEOUT_MS, isSo: isReady });
}
