// Who may open a connection to whom, tried from inside every application's pod, against what docs/map.md says.
import { SERVICES } from '@souk/contracts';
import type { Cluster } from '../../scripts/cluster/cluster.ts';
import { kubectl } from '../../scripts/cluster/commands.ts';
import { edgesOf } from '../../scripts/docs/edges.ts';
import { loadServices } from '../../scripts/docs/services.ts';
import { differences, runInside } from './asking.ts';
import { NAMESPACE } from './installation.ts';

const WAIT_MS = 2_500;

/** Tries all targets at once: `open`, `refused`, or `silent` where packets are dropped. */
const CONNECT = `
import { connect } from 'node:net';
const { targets, waitMs } = JSON.parse(process.argv[1]);
const reach = ({ host, port }) =>
  new Promise((done) => {
    const socket = connect({ host, port, timeout: waitMs });
    const end = (what) => { socket.destroy(); done(what); };
    socket.once('connect', () => end('open')).once('timeout', () => end('silent')).once('error', (error) => end(error.code));
  });
const found = await Promise.all(targets.map(async (target) => [target.name, await reach(target)]));
process.stdout.write(JSON.stringify(Object.fromEntries(found)));
`;

interface Target {
  name: string;
  host: string;
  port: number;
}

/** Tries every application's connection to every other's three ports and to the platform. Gives how many were tried and what was not as due. */
export async function tryConnections(cluster: Cluster): Promise<{ tried: number; wrong: string[] }> {
  const addresses = await podAddresses(cluster);
  const edges = edgesOf(await loadServices());
  const services = await loadServices();
  const at = (name: string) => addresses.get(name) ?? '';
  const applications: Target[] = services.flatMap(({ name, port }) => [
    { name: `${name}'s sidecar`, host: at(name), port: 50_002 },
    { name: `${name}'s application`, host: at(name), port },
    { name: `${name}'s figures`, host: at(name), port: 9_090 },
  ]);
  const platform: Target[] = [
    { name: 'the database', host: at('mongodb'), port: 27_017 },
    { name: 'the broker', host: at('rabbitmq'), port: 5_672 },
    { name: "the broker's management", host: at('rabbitmq'), port: 15_672 },
    { name: 'the mail server', host: at('mail'), port: 1_025 },
    { name: 'the mailbox', host: at('mail'), port: 1_080 },
    { name: 'the payment gateway', host: at('sandbox'), port: 8_100 },
  ];
  const open = (caller: string): Set<string> => {
    const callees = Object.keys(edges.get(caller) ?? {}).map((callee) => `${callee}'s sidecar`);
    const more: Record<string, string[]> = {
      gateway: ["websocket's application"],
      notification: ['the mail server'],
      payment: ['the payment gateway'],
    };
    return new Set(['the database', 'the broker', ...callees, ...(more[caller] ?? [])]);
  };
  let tried = 0;
  const wrong: string[] = [];
  for (const caller of SERVICES) {
    const targets = [...applications.filter(({ host }) => host !== at(caller)), ...platform];
    const given = { targets, waitMs: WAIT_MS };
    const found = new Map(Object.entries(await runInside<Record<string, string>>(cluster, caller, { program: CONNECT, given })));
    const due = new Map(targets.map(({ name }) => [name, open(caller).has(name) ? 'open' : 'silent']));
    tried += targets.length;
    wrong.push(...differences(found, due).map((line) => `${caller} to ${line}`));
  }
  return { tried, wrong };
}

/** Addresses of pods that run, by service or part of the platform. */
async function podAddresses(cluster: Cluster): Promise<Map<string, string>> {
  const printed = await kubectl(cluster, [
    'get',
    'pods',
    '--namespace',
    NAMESPACE,
    '--field-selector=status.phase=Running',
    '--output=json',
  ]);
  const {
    items,
  }: { items: { metadata: { labels: Record<string, string>; deletionTimestamp?: string }; status: { podIP: string } }[] } =
    JSON.parse(printed);
  const standing = items.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  return new Map(standing.map(({ metadata: { labels }, status }) => [labels['app.kubernetes.io/name'] ?? '', status.podIP]));
}
