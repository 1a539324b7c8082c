import type { z } from 'zod';
import { isFields } from './sample.ts';

/** One thing done to a sound value that its schema must not take. */
export interface Mutation {
  kind: 'whole' | 'missing' | 'wrong' | 'endless' | 'unknown';
  /** `a negative number at lines.0.quantity` */
  name: string;
  value: unknown;
}

type Path = readonly (string | number)[];

/** Beyond any text that a person or a system sends in one field, and well below the limit of a body. */
const ENDLESS = 100_000;
const ENDLESS_TEXT = 'an endless text';

/** Every mutation of `sample`, field by field. What is missing counts only where the schema asks for it. */
export function mutationsOf(sample: unknown, schema: z.ZodType): Mutation[] {
  const whole: Mutation[] = [null, [], 'text', 5].map((value) => ({
    kind: 'whole',
    name: `${JSON.stringify(value)} instead of the body`,
    value,
  }));
  const nodes = [...nodesOf(sample)];
  const missing = nodes
    .filter(({ path }) => typeof path.at(-1) === 'string')
    .map(({ path }) => ({ kind: 'missing' as const, name: `no ${path.join('.')}`, value: changed(sample, path, undefined) }))
    .filter(({ value }) => !schema.safeParse(value).success);
  const wrong = nodes.flatMap(({ path, value }) =>
    [...wrongFor(value, path.at(-1))].map(([name, bad]) => ({
      kind: name === ENDLESS_TEXT ? ('endless' as const) : ('wrong' as const),
      name: `${name} at ${path.join('.')}`,
      value: changed(sample, path, bad),
    })),
  );
  const unknown = [{ path: [], value: sample }, ...nodes]
    .filter(({ value }) => isFields(value))
    .map(({ path }) => ({
      kind: 'unknown' as const,
      name: `an unknown field in ${path.join('.') || 'the body'}`,
      value: changed(sample, [...path, 'zzUnknown'], 1),
    }));
  return [...whole, ...missing, ...wrong, ...unknown];
}

function* nodesOf(value: unknown, path: Path = []): Generator<{ path: Path; value: unknown }> {
  if (path.length > 0) yield { path, value };
  if (Array.isArray(value)) for (const [index, inner] of value.entries()) yield* nodesOf(inner, [...path, index]);
  else if (isFields(value)) for (const [name, inner] of Object.entries(value)) yield* nodesOf(inner, [...path, name]);
}

function* wrongFor(value: unknown, field: string | number | undefined): Generator<[string, unknown]> {
  if (typeof value === 'string') {
    yield ['a number', 17];
    // What a driver would read as a query.
    yield ['an operator', { $gt: '' }];
    yield [ENDLESS_TEXT, value.repeat(Math.ceil(ENDLESS / Math.max(value.length, 1)))];
  } else if (typeof value === 'number') {
    yield ['a text', 'seven'];
    yield ['a negative number', isPlace(field) ? -1_000 : -1];
    yield ['a number beyond all counting', 1e21];
  } else if (typeof value === 'boolean') yield ['a text', 'yes'];
  else {
    yield ['a text', 'text'];
    yield [Array.isArray(value) ? 'an object' : 'a list', Array.isArray(value) ? { 0: 'a' } : [1]];
  }
}

/** Half of the earth has a negative coordinate. */
const isPlace = (field: string | number | undefined) => field === 'lat' || field === 'lng';

/** A copy of `value` with `path` set, or removed when `to` is undefined. */
function changed(value: unknown, path: Path, to: unknown): unknown {
  const copy: unknown = structuredClone(value);
  const last = path.at(-1);
  const holder = path.slice(0, -1).reduce<unknown>((inner, key) => (isHolder(inner) ? Reflect.get(inner, key) : undefined), copy);
  if (!isHolder(holder) || last === undefined) throw new Error(`there is no ${path.join('.')}`);
  if (to === undefined) Reflect.deleteProperty(holder, last);
  else Reflect.set(holder, last, to);
  return copy;
}

function isHolder(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
