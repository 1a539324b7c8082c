/** A JSON schema, as far as the values of charts need one. */
export type Schema = { readonly [keyword: string]: unknown };

const text: Schema = { type: 'string', minLength: 1 };
const texts: Schema = { type: 'object', additionalProperties: { type: 'string' } };
const listOf = (items: Schema): Schema => ({ type: 'array', items });

interface ClosedObject extends Schema {
  properties: Record<string, Schema>;
}

/** An object with no properties but these; all are optional unless `required` names them. */
export const closed = (properties: Record<string, Schema>, required: readonly string[] = []): ClosedObject => ({
  type: 'object',
  additionalProperties: false,
  ...(required.length > 0 && { required }),
  properties,
});

/** As https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity has it; a bare number is one too. */
const quantity: Schema = {
  type: ['string', 'number'],
  pattern: '^[0-9]+(\\.[0-9]+)?(m|k|M|G|T|P|Ki|Mi|Gi|Ti|Pi)?$',
  minimum: 0,
};

/** Extended resources have a domain before their names; a misspelt `memory` has none and is refused. */
const amounts: Schema = {
  type: 'object',
  additionalProperties: false,
  patternProperties: { '^(cpu|memory|ephemeral-storage|hugepages-.+|[^/]+/.+)$': quantity },
};

const selector = closed({
  matchLabels: texts,
  matchExpressions: listOf(
    closed({ key: text, operator: { enum: ['In', 'NotIn', 'Exists', 'DoesNotExist'] }, values: listOf({ type: 'string' }) }, [
      'key',
      'operator',
    ]),
  ),
});

const peers = listOf({
  ...closed({
    podSelector: selector,
    namespaceSelector: selector,
    ipBlock: closed({ cidr: text, except: listOf(text) }, ['cidr']),
  }),
  minProperties: 1,
});

const policyPort = closed({
  protocol: { enum: ['TCP', 'UDP', 'SCTP'] },
  port: { type: ['integer', 'string'], minimum: 1, maximum: 65535 },
  endPort: { type: 'integer', minimum: 1, maximum: 65535 },
});

/** What `# @as <name>` may name: shapes of Kubernetes' that a value, empty by default, does not tell of itself. */
export const SHAPES = {
  strings: listOf({ type: 'string' }),
  quantity,
  duration: { type: 'string', pattern: '^([0-9]+(ms|s|m|h))+$' },
  resources: closed({ requests: amounts, limits: amounts }),
  names: listOf(closed({ name: text }, ['name'])),
  tolerations: listOf(
    closed({
      key: text,
      operator: { enum: ['Exists', 'Equal'] },
      value: { type: 'string' },
      effect: { enum: ['NoSchedule', 'PreferNoSchedule', 'NoExecute'] },
      tolerationSeconds: { type: 'integer' },
    }),
  ),
  peers,
  egress: listOf(closed({ to: peers, ports: listOf(policyPort) })),
} as const satisfies Record<string, Schema>;

export type ShapeName = keyof typeof SHAPES;
