import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse, stringify } from 'yaml';
import { Part } from '../../scripts/system/part.ts';
import { findPrometheus } from '../../scripts/system/parts/prometheus.ts';
import { freePorts } from '../../scripts/system/ports.ts';
import type { ApiServer } from './api-server.ts';
import type { KubeObject } from './rendering.ts';

/** A series' own labels, and where it is scraped. */
export interface Target {
  scrapeUrl: string;
  labels: Record<string, string>;
}

interface Discovery {
  role: string;
  namespaces: { names: string[] };
  selectors: { label: string }[];
}

interface Configuration {
  scrape_configs: { job_name: string; kubernetes_sd_configs?: Discovery[]; file_sd_configs?: { files: string[] }[] }[];
}

interface RunningPod extends KubeObject {
  spec: { containers: { ports?: { name: string; containerPort: number }[] }[] };
  status: { phase: string; podIP: string };
}

const FIND_MS = 60_000;

/**
 * What a Prometheus with this configuration would scrape, looking for pods as the account. Debian's is built without Kubernetes: the
 * pods are asked for here, in its stead, and it relabels them itself.
 */
export async function findTargets(
  server: ApiServer,
  { configuration, account, folder }: { configuration: string; account: string; folder: string },
): Promise<Target[]> {
  const config: Configuration = parse(configuration);
  let found = 0;
  for (const job of config.scrape_configs) {
    const groups = (await Promise.all((job.kubernetes_sd_configs ?? []).map((one) => podsFor(server, one, account)))).flat();
    const file = join(folder, `${job.job_name}.json`);
    writeFileSync(file, JSON.stringify(groups.flatMap(groupsOf)));
    found += groups.flatMap(groupsOf).length;
    job.file_sd_configs = [{ files: [file] }];
    delete job.kubernetes_sd_configs;
  }
  return relabel(stringify(config), { folder, found });
}

async function podsFor(server: ApiServer, { role, namespaces, selectors }: Discovery, account: string): Promise<RunningPod[]> {
  if (role !== 'pod') throw new Error(`nobody looks for a ${role} here`);
  const lists = namespaces.names.map((namespace) => {
    const args = ['get', 'pods', '--namespace', namespace, '--as', account, '--output=json'];
    return server.kubectl([...args, '--selector', selectors.map(({ label }) => label).join(',')]);
  });
  return (await Promise.all(lists)).flatMap((text): RunningPod[] => JSON.parse(text).items);
}

/** Each port of a pod with the labels that https://prometheus.io/docs/prometheus/latest/configuration/configuration/#pod gives it. */
function groupsOf({ metadata, spec, status }: RunningPod): object[] {
  const named = (kind: string, values: Record<string, string> = {}) =>
    Object.entries(values).map(([name, value]) => [`__meta_kubernetes_pod_${kind}_${name.replace(/\W/g, '_')}`, value]);
  const ports = spec.containers.flatMap(({ ports: own = [] }) => own);
  return ports.map(({ name, containerPort }) => ({
    targets: [`${status.podIP}:${containerPort}`],
    labels: {
      ...Object.fromEntries([...named('label', metadata.labels), ...named('annotation', metadata.annotations)]),
      __meta_kubernetes_namespace: metadata.namespace,
      __meta_kubernetes_pod_name: metadata.name,
      __meta_kubernetes_pod_phase: status.phase,
      __meta_kubernetes_pod_container_port_name: name,
      __meta_kubernetes_pod_container_port_number: String(containerPort),
    },
  }));
}

async function relabel(configuration: string, { folder, found }: { folder: string; found: number }): Promise<Target[]> {
  const file = join(folder, 'prometheus.yml');
  writeFileSync(file, configuration);
  const port = await freePorts()();
  const url = `http://127.0.0.1:${port}`;
  const args = [`--config.file=${file}`, `--storage.tsdb.path=${join(folder, 'data')}`, `--web.listen-address=127.0.0.1:${port}`];
  const part = new Part(
    {
      name: 'prometheus',
      command: { file: await findPrometheus(() => undefined), args, env: { PATH: process.env.PATH }, cwd: folder },
      ports: { http: port },
      ready: () => fetch(`${url}/-/ready`).then(({ ok }) => ok),
      readyTimeoutMs: FIND_MS,
      stopTimeoutMs: 10_000,
    },
    { logFile: join(folder, 'prometheus.log'), pidFolder: join(folder, 'pids'), say: () => undefined },
  );
  part.start();
  try {
    await part.whenReady();
    return await targetsAt(url, found);
  } finally {
    await part.stop();
  }
}

/** The targets once all that was found is either one of them or dropped. */
async function targetsAt(url: string, found: number): Promise<Target[]> {
  for (const deadline = Date.now() + FIND_MS; Date.now() < deadline; await sleep(200)) {
    const answer = (await (await fetch(`${url}/api/v1/targets`)).json()) as {
      data: { activeTargets: Target[]; droppedTargets: unknown[] };
    };
    const { activeTargets, droppedTargets } = answer.data;
    if (activeTargets.length + droppedTargets.length === found) return activeTargets;
  }
  throw new Error('Prometheus has not taken all that was found');
}
