/** Labels that something has, and what a selector asks of them. */
type Labels = Record<string, string>;

interface Selector {
  matchLabels?: Labels;
  matchExpressions?: { key: string; operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist'; values?: string[] }[];
}

interface Peer {
  podSelector?: Selector;
  namespaceSelector?: Selector;
  ipBlock?: { cidr: string; except?: string[] };
}

interface Rule {
  from?: Peer[];
  to?: Peer[];
  ports?: { protocol?: 'TCP' | 'UDP'; port?: number | string; endPort?: number }[];
}

export interface Namespace {
  metadata: { name: string; labels?: Labels };
}

export interface Pod {
  metadata: { name: string; namespace: string; labels?: Labels };
  spec: { hostNetwork?: boolean };
  status: { podIP?: string; phase?: string };
}

export interface NetworkPolicy {
  metadata: { name: string; namespace: string };
  spec: { podSelector: Selector; policyTypes: ('Ingress' | 'Egress')[]; ingress?: Rule[]; egress?: Rule[] };
}

interface World {
  namespaces: readonly Namespace[];
  pods: readonly Pod[];
  policies: readonly NetworkPolicy[];
}

/** What packets between pods pass first. */
export const CHAIN = 'SOUK-POLICIES';

/**
 * The input of `iptables-restore --noflush` that holds pods to the policies. Packets come here after a service's address has been
 * exchanged for a pod's. What is not let through is dropped, so that a pod that is not known yet tries again instead of failing.
 */
export function rulesOf(world: World): string {
  const chains: string[] = [];
  const rules = [`-A ${CHAIN} -m conntrack --ctstate ESTABLISHED,RELATED -j RETURN`];
  const pods = world.pods.filter(({ spec, status }) => status.podIP && !spec.hostNetwork && status.phase !== 'Succeeded');
  for (const direction of ['Egress', 'Ingress'] as const) {
    const [own, other] = direction === 'Egress' ? ['-s', '-d'] : ['-d', '-s'];
    for (const [index, pod] of pods.entries()) {
      const policies = world.policies.filter(
        ({ metadata, spec }) =>
          metadata.namespace === pod.metadata.namespace &&
          spec.policyTypes.includes(direction) &&
          selects(spec.podSelector, pod.metadata.labels),
      );
      if (policies.length === 0) continue;
      const chain = `SOUK-${direction}-${index}`;
      chains.push(chain);
      rules.push(`-A ${CHAIN} ${own} ${pod.status.podIP} -j ${chain}`);
      const allowed = policies.flatMap((policy) => allowedBy(policy, direction, { ...world, pods }));
      rules.push(
        ...new Set(allowed.map(({ address, port }) => `-A ${chain}${address && ` ${other} ${address}`}${port} -j RETURN`)),
      );
      rules.push(`-A ${chain} -j DROP`);
    }
  }
  return ['*filter', ...[CHAIN, ...chains].map((chain) => `:${chain} - [0:0]`), ...rules, 'COMMIT', ''].join('\n');
}

/** Who a policy lets a pod speak to or be spoken to by, on which ports; an empty address is everybody's. */
function allowedBy(policy: NetworkPolicy, direction: 'Ingress' | 'Egress', world: World): { address: string; port: string }[] {
  const rules = (direction === 'Ingress' ? policy.spec.ingress : policy.spec.egress) ?? [];
  return rules.flatMap((rule) => {
    const peers = (direction === 'Ingress' ? rule.from : rule.to) ?? [];
    const addresses = peers.length === 0 ? [''] : peers.flatMap((peer) => addressesOf(peer, policy, world));
    const ports = rule.ports?.length ? rule.ports.map(portOf) : [''];
    return addresses.flatMap((address) => ports.map((port) => ({ address, port })));
  });
}

function portOf({ protocol = 'TCP', port, endPort }: NonNullable<Rule['ports']>[number]): string {
  if (typeof port === 'string') throw new Error(`the port ${port} of a policy is a name, which is not enforced here`);
  const wanted = port === undefined ? '' : ` --dport ${endPort === undefined ? port : `${port}:${endPort}`}`;
  return ` -p ${protocol.toLowerCase()}${wanted}`;
}

function addressesOf({ ipBlock, namespaceSelector, podSelector }: Peer, { metadata }: NetworkPolicy, world: World): string[] {
  if (ipBlock?.except?.length) throw new Error(`the exceptions of ${ipBlock.cidr} in a policy are not enforced here`);
  if (ipBlock) return [ipBlock.cidr];
  const namespaces = world.namespaces
    .filter(({ metadata: { name, labels } }) =>
      namespaceSelector ? selects(namespaceSelector, labels) : name === metadata.namespace,
    )
    .map(({ metadata: { name } }) => name);
  return world.pods
    .filter((pod) => namespaces.includes(pod.metadata.namespace) && selects(podSelector ?? {}, pod.metadata.labels))
    .map((pod) => pod.status.podIP ?? '');
}

function selects({ matchLabels = {}, matchExpressions = [] }: Selector, labels: Labels = {}): boolean {
  const isLabelled = Object.entries(matchLabels).every(([key, value]) => labels[key] === value);
  return isLabelled && matchExpressions.every((expression) => meets(expression, labels[expression.key]));
}

function meets({ operator, values = [] }: NonNullable<Selector['matchExpressions']>[number], value: string | undefined): boolean {
  if (operator === 'Exists') return value !== undefined;
  if (operator === 'DoesNotExist') return value === undefined;
  const isIn = value !== undefined && values.includes(value);
  return operator === 'In' ? isIn : !isIn;
}
