import type { Json, OpenApi } from './described.ts';
import { refTo } from './json-schema.ts';

/** Shorter than this, a schema is easier read where it stands. */
const LEAST_LENGTH = 160;

interface Found {
  count: number;
  /** What the first one that was seen is called. */
  hint: string;
}

/**
 * Puts object schemas that stand in a document more than once among its components, each under `prefix` and the name of the property
 * that has it first, and refers to them.
 */
export function shareSchemas(document: OpenApi, prefix: string): void {
  const { schemas } = document.components;
  const found = new Map<string, Found>();
  count({ at: document.paths, hint: 'Body' }, found);
  const repeated = [...found].filter(([text, { count }]) => count > 1 && text.length >= LEAST_LENGTH);
  const names = new Map<string, string>();
  for (const [text, { hint }] of repeated)
    names.set(text, freeName(`${prefix}.${hint}`, new Set([...names.values(), ...Object.keys(schemas)])));
  for (const operations of Object.values(document.paths))
    for (const operation of Object.values(operations)) Object.assign(operation, replaceIn(operation, names));
  for (const [text, name] of names) schemas[name] = inside(JSON.parse(text), names);
}

const isObjectSchema = (value: Json): boolean => value.type === 'object' && value.properties !== undefined;

function count({ at, hint }: { at: unknown; hint: string }, found: Map<string, Found>): void {
  if (Array.isArray(at)) {
    for (const each of at) count({ at: each, hint }, found);
    return;
  }
  if (at === null || typeof at !== 'object') return;
  const node = at as Json;
  if (isObjectSchema(node)) {
    const text = JSON.stringify(node);
    const seen = found.get(text);
    found.set(text, { count: (seen?.count ?? 0) + 1, hint: seen?.hint ?? hint });
  }
  for (const [key, value] of Object.entries(node)) count({ at: value, hint: nameFrom(key, node) ?? hint }, found);
}

/** Words of a schema or a document that name nothing of ours. */
const STRUCTURE = new Set([
  'schema',
  'items',
  'properties',
  'anyOf',
  'oneOf',
  'allOf',
  'content',
  'responses',
  'requestBody',
  'data',
]);

function nameFrom(key: string, { operationId }: Json): string | undefined {
  if (typeof operationId === 'string' && key !== 'parameters') return typeName(resourceOf(operationId));
  return STRUCTURE.has(key) || !/^[A-Za-z]\w*$/.test(key) ? undefined : typeName(key);
}

/** `get-orders-by-id` is about orders. */
const resourceOf = (operationId: string): string => operationId.split('-')[1] ?? operationId;

/** `lines` holds many of a `Line`. */
function typeName(name: string): string {
  const one = name.replace(/ies$/, 'y').replace(/(?<![su])s$/, '');
  return one.charAt(0).toUpperCase() + one.slice(1);
}

function freeName(name: string, taken: ReadonlySet<string>): string {
  if (!taken.has(name)) return name;
  for (let number = 2; ; number += 1) if (!taken.has(`${name}${number}`)) return `${name}${number}`;
}

function replaceIn<Value>(value: Value, names: ReadonlyMap<string, string>): Value;
function replaceIn(value: unknown, names: ReadonlyMap<string, string>): unknown {
  if (Array.isArray(value)) return value.map((each) => replaceIn(each, names));
  if (value === null || typeof value !== 'object') return value;
  const name = isObjectSchema(value as Json) ? names.get(JSON.stringify(value)) : undefined;
  return name === undefined ? inside(value as Json, names) : refTo(name);
}

const inside = (value: Json, names: ReadonlyMap<string, string>): Json =>
  Object.fromEntries(Object.entries(value).map(([key, each]) => [key, replaceIn(each, names)]));
