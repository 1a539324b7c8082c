// NetworkPolicies as rules of iptables. The bridge that connects the pods of this node enforces none, and no enforcer that is built of Go
// modules runs on every kernel.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { Agent, request } from 'undici';
import type { Cluster } from './cluster.ts';
import { apiUrl, pkiFile } from './cluster.ts';
import type { Namespace, NetworkPolicy, Pod } from './policy-rules.ts';
import { CHAIN, rulesOf } from './policy-rules.ts';
import { systemProgram } from './programs.ts';
import { enter } from './spaces.ts';

const SETTLE_MS = 50;

export interface Enforcement {
  /** Lets everything through again. Throws when the rules could not be kept up to date meanwhile. */
  stop(): Promise<void>;
}

/** Holds all pods to the cluster's NetworkPolicies, from now on, and new ones within a fraction of a second, while this process lives. */
export async function enforcePolicies(cluster: Cluster): Promise<Enforcement> {
  const file = (name: string) => readFileSync(pkiFile(cluster, name));
  const connect = { ca: file('ca.crt'), cert: file('admin.crt'), key: file('admin.key') };
  const api = new Agent({ connect, bodyTimeout: 0 });
  const ended = new AbortController();
  let fault: unknown;
  await apply(cluster, api);
  jumpFirst(cluster);
  const followed = follow(cluster, api, ended.signal).catch((error: unknown) => {
    if (!ended.signal.aborted) fault = error;
  });
  return {
    stop: async () => {
      ended.abort();
      await followed;
      insideNode(cluster, ['iptables', '-D', 'FORWARD', '-j', CHAIN]);
      await api.destroy();
      if (fault !== undefined) throw fault;
    },
  };
}

/** Has all packets between pods pass the policies; once, also where a process that has died had seen to it already. */
function jumpFirst(cluster: Cluster): void {
  try {
    insideNode(cluster, ['iptables', '-C', 'FORWARD', '-j', CHAIN]);
  } catch {
    insideNode(cluster, ['iptables', '-I', 'FORWARD', '1', '-j', CHAIN]);
  }
}

/** Applies the policies again whenever a pod or a policy has changed. */
async function follow(cluster: Cluster, api: Agent, signal: AbortSignal): Promise<void> {
  let changes = 0;
  let applied = 0;
  let applying: Promise<void> | undefined;
  const applyAll = async (): Promise<void> => {
    while (applied < changes) {
      await new Promise((done) => setTimeout(done, SETTLE_MS));
      applied = changes;
      await apply(cluster, api);
    }
    applying = undefined;
  };
  const watch = async (path: string): Promise<void> => {
    while (!signal.aborted) {
      const { body } = await request(`${apiUrl}${path}?watch=1`, { dispatcher: api, signal });
      for await (const _ of body) {
        changes += 1;
        applying ??= applyAll();
        applying.catch(() => undefined);
      }
    }
  };
  await Promise.all([watch('/api/v1/pods'), watch('/apis/networking.k8s.io/v1/networkpolicies')]);
  await applying;
}

async function apply(cluster: Cluster, api: Agent): Promise<void> {
  const list = async <Item>(path: string): Promise<Item[]> => {
    const { statusCode, body } = await request(`${apiUrl}${path}`, { dispatcher: api });
    const { items }: { items?: Item[] } = JSON.parse(await body.text());
    if (items === undefined) throw new Error(`the API server answered ${path} with ${statusCode}`);
    return items;
  };
  const [namespaces, pods, policies] = await Promise.all([
    list<Namespace>('/api/v1/namespaces'),
    list<Pod>('/api/v1/pods'),
    list<NetworkPolicy>('/apis/networking.k8s.io/v1/networkpolicies'),
  ]);
  insideNode(cluster, ['iptables-restore', '--noflush'], rulesOf({ namespaces, pods, policies }));
}

function insideNode(cluster: Cluster, [name = '', ...given]: readonly string[], input = ''): void {
  const { file, args } = enter(cluster, [systemProgram(name), ...given]);
  execFileSync(file, args, { input, stdio: ['pipe', 'ignore', 'pipe'] });
}
