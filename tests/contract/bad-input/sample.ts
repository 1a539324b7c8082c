import { z } from 'zod';

/** The part of JSON Schema that our zod schemas come out as. */
interface Node {
  type?: string;
  const?: unknown;
  enum?: unknown[];
  anyOf?: Node[];
  oneOf?: Node[];
  properties?: Record<string, Node>;
  required?: string[];
  additionalProperties?: Node | boolean;
  propertyNames?: Node;
  items?: Node;
  minItems?: number;
  pattern?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  exclusiveMinimum?: number;
  maximum?: number;
}

export const SAMPLE_ID = '0198f3a0-0000-7000-8000-00000000ba0d';

/** One of these satisfies every pattern that a schema of ours has; a new pattern may need a new one. */
const TEXTS = [
  ...['tea', 'DE', 'EUR', 'en', '#a0b1c2', '09:30', '+491711234567', '12', 'A1'],
  ...[SAMPLE_ID, 'someone@example.com', 'https://souk.example/picture.png', '2030-01-02T03:04:05.000Z', '2030-01-02'],
  ...['1234 5678 9012 3456', '4242424242424242', 'a long enough text'],
];

/** What a schema cannot say of a field. */
const BY_NAME: Readonly<Record<string, unknown>> = { timezone: 'Europe/Berlin' };

/** A value that `schema` takes, with as many of its optional fields as go together. Throws when none was found. */
export function sampleOf(schema: z.ZodType): unknown {
  const node: Node = JSON.parse(JSON.stringify(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })));
  const fits = (value: unknown) => schema.safeParse(value).success;
  const least = sampleFor(node, false);
  const most = sampleFor(node, true);
  const base = [least, most, ...withoutOne(most)].find(fits);
  if (base === undefined) throw new Error(`no sample fits: ${JSON.stringify(most)}: ${schema.safeParse(most).error?.message}`);
  if (!isFields(base) || !isFields(most)) return base;
  let sample = base;
  for (const [name, value] of Object.entries(most)) {
    const candidates = [value, isFields(least) ? least[name] : undefined].filter((one) => one !== undefined);
    sample = candidates.map((one) => ({ ...sample, [name]: one })).find(fits) ?? sample;
  }
  return sample;
}

export function isFields(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function withoutOne(value: unknown): unknown[] {
  if (!isFields(value)) return [];
  return Object.keys(value).map((left) => Object.fromEntries(Object.entries(value).filter(([name]) => name !== left)));
}

function sampleFor(node: Node, isFull: boolean): unknown {
  if (node.const !== undefined) return node.const;
  if (node.enum) return node.enum[0];
  const [branch] = node.anyOf ?? node.oneOf ?? [];
  if (branch) return sampleFor(branch, isFull);
  switch (node.type) {
    case 'object':
      return fieldsOf(node, isFull);
    case 'array':
      return Array.from({ length: Math.max(node.minItems ?? 0, isFull ? 1 : 0) }, () => sampleFor(node.items ?? {}, isFull));
    case 'integer':
    case 'number':
      return Math.min(Math.max(node.minimum ?? (node.exclusiveMinimum ?? 0) + 1, 1), node.maximum ?? Number.MAX_SAFE_INTEGER);
    case 'boolean':
      return true;
    default:
      return textOf(node);
  }
}

function fieldsOf(node: Node, isFull: boolean): Record<string, unknown> {
  const { properties = {}, required = [], additionalProperties } = node;
  const declared = Object.entries(properties)
    .filter(([name]) => isFull || required.includes(name))
    .map(([name, inner]) => [name, BY_NAME[name] ?? sampleFor(inner, isFull)]);
  const free = isFull && isFields(additionalProperties) && Object.keys(additionalProperties).length > 0;
  const keyed = free ? [[sampleFor(node.propertyNames ?? {}, isFull), sampleFor(additionalProperties, isFull)]] : [];
  return Object.fromEntries([...declared, ...keyed]);
}

function textOf({ pattern, minLength = 0, maxLength = Number.MAX_SAFE_INTEGER }: Node): string {
  const fits = (text: string) => text.length >= minLength && text.length <= maxLength && new RegExp(pattern ?? '').test(text);
  return TEXTS.find(fits) ?? 'x'.repeat(Math.max(minLength, 1));
}
