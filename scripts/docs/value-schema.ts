import type { Schema, ShapeName } from './value-shapes.ts';
import { closed, SHAPES } from './value-shapes.ts';
import type { ChartValue, Kind } from './values.ts';
import { nameOf } from './values.ts';

/** An umbrella chart hands this to each of its charts, whether they read it or not. */
const GLOBAL: Schema = { description: 'Of an umbrella chart, for all its charts; this one reads nothing of it.', type: 'object' };

/**
 * What helm holds the values of a chart against before it renders anything. Keys of the chart may not be missing either, so that
 * `null`, by which helm takes a default away, is refused where a template needs the value.
 */
export function renderSchema(title: string, values: Values): string {
  const { properties, ...rules } = completeMap(values, values);
  const schema = {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: `Values of the chart ${title}`,
    ...rules,
    properties: { ...properties, global: GLOBAL },
    definitions: definitionsFor(values),
  };
  // References are many, and short.
  return `${JSON.stringify(schema, null, 2).replace(/\{\n\s+("\$ref": "[^"]+")\n\s+\}/g, '{ $1 }')}\n`;
}

type Values = readonly ChartValue[];

const schemasOf = (entries: Values, all: Values): Record<string, Schema> =>
  Object.fromEntries(entries.map((entry) => [nameOf(entry), valueSchema(entry, all)]));

const completeMap = (entries: Values, all: Values) => closed(schemasOf(entries, all), entries.map(nameOf));

function valueSchema({ kind, text }: ChartValue, all: Values): Schema {
  return { ...(text && { description: text }), ...kindSchema(kind, all) };
}

function kindSchema(kind: Kind, all: Values): Schema {
  switch (kind.is) {
    case 'map':
      return kind.like === undefined ? completeMap(kind.entries, all) : alikeMap(kind.entries, kind.like, all);
    case 'free':
      // Numbers are refused: from a file they come to templates as floating point, and a million as 1e+06.
      return { type: 'object', additionalProperties: { type: 'string' } };
    case 'keyed':
      return keyedMap(kind.by, kind.shape, all);
    case 'shape':
      return reference(kind.shape);
    case 'words':
      return { type: 'string', enum: kind.words };
    case 'integer':
      return { type: 'integer', minimum: kind.least, ...(kind.most !== undefined && { maximum: kind.most }) };
    case 'string':
      return { type: 'string', ...(!kind.mayBeEmpty && { minLength: 1 }) };
    case 'boolean':
      return { type: 'boolean' };
  }
}

/** Each entry has keys of its own, which it must have, and may have any of those of the model. */
function alikeMap(entries: Values, like: string, all: Values): Schema {
  const shared = entriesIn(like, all).map(nameOf);
  const references = Object.fromEntries(shared.map((name) => [name, reference(`${like}/properties/${name}`)]));
  const entrySchema = ({ kind }: ChartValue): Schema => {
    const own = kind.is === 'map' ? kind.entries.filter((entry) => !shared.includes(nameOf(entry))) : [];
    return closed({ ...schemasOf(own, all), ...references }, own.map(nameOf));
  };
  return closed(Object.fromEntries(entries.map((entry) => [nameOf(entry), entrySchema(entry)])), entries.map(nameOf));
}

function keyedMap(by: string, shape: ShapeName, all: Values): Schema {
  return closed(Object.fromEntries(entriesIn(by, all).map((entry) => [nameOf(entry), reference(shape)])));
}

/** The shapes and models that values refer to. */
function definitionsFor(values: Values): Record<string, Schema> {
  const kinds = kindsIn(values);
  const shapes = new Set(kinds.flatMap((kind) => (kind.is === 'shape' || kind.is === 'keyed' ? [kind.shape] : [])));
  const models = new Set(kinds.flatMap((kind) => (kind.is === 'map' && kind.like ? [kind.like] : [])));
  return {
    ...Object.fromEntries([...shapes].sort().map((name) => [name, SHAPES[name]])),
    ...Object.fromEntries([...models].map((name) => [name, partialMap(entriesIn(name, values), values)])),
  };
}

/** Nothing is required: what is not said stays as the model has it. */
function partialMap(entries: Values, all: Values): Schema {
  const partOf = (entry: ChartValue) => (entry.kind.is === 'map' ? partialMap(entry.kind.entries, all) : valueSchema(entry, all));
  return closed(Object.fromEntries(entries.map((entry) => [nameOf(entry), partOf(entry)])));
}

const reference = (definition: string): Schema => ({ $ref: `#/definitions/${definition}` });

const kindsIn = (values: Values): Kind[] =>
  values.flatMap(({ kind }) => (kind.is === 'map' ? [kind, ...kindsIn(kind.entries)] : [kind]));

/** Of a map at the top. Throws when an annotation names one that is not there. */
function entriesIn(name: string, all: Values): Values {
  const kind = all.find((value) => nameOf(value) === name)?.kind;
  if (kind?.is !== 'map') throw new Error(`${name}: an annotation names it, and no map is called so.`);
  return kind.entries;
}
