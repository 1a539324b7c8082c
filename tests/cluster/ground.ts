import type { Cluster } from '../../scripts/cluster/cluster.ts';
import { NODE } from '../../scripts/cluster/cluster.ts';
import { kubectl } from '../../scripts/cluster/commands.ts';
import { Api } from '../../scripts/demo/api.ts';
import { signIn } from '../../scripts/demo/people.ts';
import type { Place } from '../e2e/platform.ts';
import type { Ground } from '../faults/world.ts';
import { NAMESPACE } from './installation.ts';

/** What the test reaches from outside: each on a port of the node, by a Service of the test's own. */
const DOORS = {
  gateway: { part: 'souk', port: 8000, nodePort: 30_080 },
  mail: { part: 'platform', port: 1080, nodePort: 30_081 },
  sandbox: { part: 'platform', port: 8100, nodePort: 30_082 },
  mongodb: { part: 'platform', port: 27_017, nodePort: 30_083 },
  // Its management.
  rabbitmq: { part: 'platform', port: 15_672, nodePort: 30_084 },
} as const;

export const BROKER_PORT = DOORS.rabbitmq.nodePort;

const at = (door: keyof typeof DOORS) => `${NODE.address}:${DOORS[door].nodePort}`;

/** Opens doors into the installation, and signs in as its super admin. */
export async function reachInstallation(cluster: Cluster): Promise<Ground & { system: Place }> {
  await kubectl(cluster, ['apply', '--namespace', NAMESPACE, '--filename=-'], JSON.stringify(doors()));
  const secrets = await keysOf(cluster);
  const gatewayUrl = `http://${at('gateway')}`;
  const api = new Api(gatewayUrl, 32);
  const system = {
    gatewayUrl,
    mailUrl: `http://${at('mail')}`,
    sandboxUrl: `http://${at('sandbox')}`,
    mongodbUri: `mongodb://${at('mongodb')}/?directConnection=true`,
    secrets,
  };
  const { 'super-admin-email': email = '', 'super-admin-password': password = '' } = secrets;
  return { api, system, superAdmin: await signIn(api, { email, password }) };
}

/** Each a Service, and a policy that lets this machine come in by it. */
function doors(): object {
  const from = [{ ipBlock: { cidr: `${NODE.machine}/32` } }];
  const items = Object.entries(DOORS).flatMap(([name, { part, port, nodePort }]) => {
    const labels = { 'app.kubernetes.io/part-of': part, 'app.kubernetes.io/name': name };
    const metadata = { name: `door-${name}` };
    const service = { type: 'NodePort', selector: labels, ports: [{ port, nodePort }] };
    const policy = { podSelector: { matchLabels: labels }, policyTypes: ['Ingress'], ingress: [{ from, ports: [{ port }] }] };
    return [
      { apiVersion: 'v1', kind: 'Service', metadata, spec: service },
      { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata, spec: policy },
    ];
  });
  return { apiVersion: 'v1', kind: 'List', items };
}

/** What the release has drawn for itself. */
async function keysOf(cluster: Cluster): Promise<Record<string, string>> {
  const printed = await kubectl(cluster, ['get', 'secret', 'souk-keys', '--namespace', NAMESPACE, '--output=json']);
  const { data }: { data: Record<string, string> } = JSON.parse(printed);
  return Object.fromEntries(Object.entries(data).map(([name, value]) => [name, Buffer.from(value, 'base64').toString()]));
}
