import type { Comment } from './value-comments.ts';
import { readCommentedYaml } from './value-comments.ts';
import type { ShapeName } from './value-shapes.ts';
import { SHAPES } from './value-shapes.ts';

/** What a value may be, told by the value itself or by the annotation above it. */
export type Kind =
  | { is: 'map'; entries: ChartValue[]; like?: string }
  | { is: 'free' }
  | { is: 'keyed'; by: string; shape: ShapeName }
  | { is: 'shape'; shape: ShapeName }
  | { is: 'words'; words: readonly string[] }
  | { is: 'integer'; least: number; most?: number }
  | { is: 'string'; mayBeEmpty: boolean }
  | { is: 'boolean' };

/** One key of a chart's values.yaml, with what its comment says of it. */
export interface ChartValue {
  path: readonly string[];
  text: string;
  value: unknown;
  kind: Kind;
}

interface Place {
  path: readonly string[];
  comments: ReadonlyMap<string, Comment>;
  /** The kind of the value that this one is like. */
  model?: Kind | undefined;
}

type Words = readonly string[];

const ANNOTATED: Record<string, (words: Words) => Kind> = {
  'one-of': (words) => ({ is: 'words', words }),
  from: ([least, , most]) => ({ is: 'integer', least: integerIn(least), ...(most && { most: integerIn(most) }) }),
  optional: () => ({ is: 'string', mayBeEmpty: true }),
  free: () => ({ is: 'free' }),
  keyed: ([by = '', shape]) => ({ is: 'keyed', by, shape: shapeNamed(shape) }),
  as: ([shape]) => ({ is: 'shape', shape: shapeNamed(shape) }),
};

/** Everything that a values.yaml declares. Throws with the key where an annotation is wrong, or missing because a value tells too little. */
export function readValues(yaml: string): ChartValue[] {
  const { values, comments } = readCommentedYaml(yaml);
  if (!isMap(values)) throw new Error('A chart has a map of values.');
  return readEntries(values, { path: [], comments });
}

/** Every value with none below it; a map with keys of the user's is one value. */
export function leavesOf(values: readonly ChartValue[]): ChartValue[] {
  return values.flatMap((value) => (value.kind.is === 'map' ? leavesOf(value.kind.entries) : [value]));
}

export const nameOf = ({ path }: ChartValue): string => path.at(-1) ?? '';

function readEntries(map: Record<string, unknown>, { path, comments, model }: Place): ChartValue[] {
  const models = model?.is === 'map' ? model.entries : [];
  const entries: ChartValue[] = [];
  for (const [name, value] of Object.entries(map)) {
    const place = { path: [...path, name], comments, model: models.find((entry) => nameOf(entry) === name)?.kind };
    entries.push(readValue(value, place, entries));
  }
  return entries;
}

function readValue(value: unknown, place: Place, earlier: readonly ChartValue[]): ChartValue {
  const name = place.path.join('.');
  const { text, annotations } = place.comments.get(name) ?? { text: '', annotations: new Map<string, Words>() };
  const found = (kind: Kind): ChartValue => ({ path: place.path, text, value, kind });
  if (place.model && place.model.is !== 'map') return found(place.model);
  const [[annotation, words] = [], ...more] = annotations;
  if (more.length > 0) throw new Error(`${name}: one annotation is enough.`);
  if (annotation === 'like') return found(readAlike(value, place, { like: words?.[0] ?? '', earlier }));
  if (annotation !== undefined) return found(annotatedKind(name, annotation, words ?? []));
  if (isMap(value) && (place.model || Object.keys(value).length > 0))
    return found({ is: 'map', entries: readEntries(value, place) });
  return found(inferredKind(name, value));
}

/** A map whose entries are each like the value of that name, declared earlier beside it. */
function readAlike(value: unknown, place: Place, { like, earlier }: { like: string; earlier: readonly ChartValue[] }): Kind {
  const name = place.path.join('.');
  const model = earlier.find((entry) => nameOf(entry) === like)?.kind;
  if (!model || !isMap(value)) throw new Error(`${name}: @like needs a map, and the name of one above it.`);
  const entries = Object.entries(value).map(([key, own]) => readValue(own, { ...place, path: [...place.path, key], model }, []));
  return { is: 'map', entries, like };
}

function annotatedKind(name: string, annotation: string, words: Words): Kind {
  const make = ANNOTATED[annotation];
  if (!make)
    throw new Error(
      `${name}: there is no annotation @${annotation}; those there are: ${Object.keys(ANNOTATED).join(', ')}, like.`,
    );
  try {
    return make(words);
  } catch (error) {
    throw new Error(`${name}: @${annotation} ${words.join(' ')}: ${error instanceof Error ? error.message : error}`);
  }
}

function inferredKind(name: string, value: unknown): Kind {
  if (typeof value === 'boolean') return { is: 'boolean' };
  if (typeof value === 'string') return { is: 'string', mayBeEmpty: value === '' };
  if (Number.isSafeInteger(value) && Number(value) >= 0) return { is: 'integer', least: 0 };
  const isStrings = Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === 'string');
  if (isStrings) return { is: 'shape', shape: 'strings' };
  throw new Error(`${name}: ${JSON.stringify(value)} does not tell what it may be; annotate it with @as, @free or @keyed.`);
}

function shapeNamed(name = ''): ShapeName {
  if (name in SHAPES) return name as ShapeName;
  throw new Error(`the shapes there are: ${Object.keys(SHAPES).join(', ')}.`);
}

function integerIn(text = ''): number {
  if (!/^\d+$/.test(text)) throw new Error('a whole number was expected.');
  return Number(text);
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
