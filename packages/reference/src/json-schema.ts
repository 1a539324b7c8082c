import { z } from 'zod';
import type { Json } from './described.ts';

const REF = '$ref';

/**
 * The JSON Schema (2020-12) of what a zod schema takes or gives. Parts that refer to themselves are put into `components` under names
 * that begin with `name`, and referred to there: a schema inside a document cannot point to its own root.
 */
export function jsonSchema(
  schema: z.ZodType,
  io: 'input' | 'output',
  place: { name: string; components: Record<string, Json> },
): Json {
  const made = z.toJSONSchema(schema, { io, unrepresentable: 'any', target: 'draft-2020-12' });
  const { $schema: _, $defs = {}, ...root } = made as Json & { $defs?: Record<string, Json> };
  const text = JSON.stringify(root);
  if (!text.includes(`"${REF}":"#`)) return root;
  const settle = (part: Json) => rewriteRefs(part, place.name);
  for (const [name, part] of Object.entries($defs)) place.components[`${place.name}.${name}`] = settle(part);
  if (!isReferredTo(JSON.stringify(made))) return settle(root);
  place.components[place.name] = settle(root);
  return refTo(place.name);
}

export const refTo = (name: string): Json => ({ [REF]: `#/components/schemas/${name}` });

const isReferredTo = (text: string): boolean => text.includes(`"${REF}":"#"`);

function rewriteRefs(part: Json, name: string): Json {
  return JSON.parse(
    JSON.stringify(part, (key, value: unknown) => {
      if (key !== REF || typeof value !== 'string') return value;
      return value === '#' ? `#/components/schemas/${name}` : value.replace('#/$defs/', `#/components/schemas/${name}.`);
    }),
  );
}
