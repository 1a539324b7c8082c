/** One difference between what an event's version was recorded as and what it is now. */
export interface Difference {
  /** `data.lines[].sku`. */
  path: string;
  what: string;
  /** False for an optional field more, which is all that a version may gain. */
  isBreaking: boolean;
}

type Node = Readonly<Record<string, unknown>>;

/** What says something about a schema to people only. */
const SILENT = new Set(['$schema', 'title', 'description', 'examples']);
/** What is compared in its own way, below. */
const STRUCTURE = new Set([
  'properties',
  'required',
  'items',
  'additionalProperties',
  'propertyNames',
  'anyOf',
  'oneOf',
  'allOf',
]);

/** How the JSON schema `after` differs from `before`, both as `z.toJSONSchema` writes them. */
export function differences(before: unknown, after: unknown, path = 'data'): Difference[] {
  if (!isNode(before) || !isNode(after))
    return equal(before, after) ? [] : [breaking(path, `is ${show(after)}, was ${show(before)}`)];
  return [
    ...keywords(before, after, path),
    ...properties(before, after, path),
    ...optionalNode(before, after, { name: 'items', path: `${path}[]` }),
    ...optionalNode(before, after, { name: 'additionalProperties', path: `${path}.*` }),
    ...optionalNode(before, after, { name: 'propertyNames', path: `${path}.*` }),
    ...['anyOf', 'oneOf', 'allOf'].flatMap((name) => branches(before, after, { name, path })),
  ];
}

function keywords(before: Node, after: Node, path: string): Difference[] {
  const names = new Set(
    [...Object.keys(before), ...Object.keys(after)].filter((name) => !SILENT.has(name) && !STRUCTURE.has(name)),
  );
  return [...names]
    .filter((name) => !equal(before[name], after[name]))
    .map((name) => breaking(path, `${name} is ${show(after[name])}, was ${show(before[name])}`));
}

function properties(before: Node, after: Node, path: string): Difference[] {
  const [were, are] = [fieldsOf(before), fieldsOf(after)];
  const [wereRequired, areRequired] = [requiredOf(before), requiredOf(after)];
  const known = Object.keys(were).flatMap((name): Difference[] => {
    const inner = `${path}.${name}`;
    if (!(name in are)) return [breaking(inner, 'was removed')];
    const [was, is] = [wereRequired.has(name), areRequired.has(name)];
    const presence = was === is ? [] : [breaking(inner, is ? 'is required, was optional' : 'is optional, was required')];
    return [...presence, ...differences(were[name], are[name], inner)];
  });
  const added = Object.keys(are)
    .filter((name) => !(name in were))
    .map((name): Difference => {
      const inner = `${path}.${name}`;
      return areRequired.has(name)
        ? breaking(inner, 'is new and required')
        : { path: inner, what: 'is new and optional', isBreaking: false };
    });
  return [...known, ...added];
}

function optionalNode(before: Node, after: Node, { name, path }: { name: string; path: string }): Difference[] {
  const [was, is] = [before[name], after[name]];
  return was === undefined && is === undefined ? [] : differences(was, is, path);
}

function branches(before: Node, after: Node, { name, path }: { name: string; path: string }): Difference[] {
  const [were, are] = [listOf(before[name]), listOf(after[name])];
  if (were.length !== are.length) return [breaking(path, `${name} has ${are.length} branches, had ${were.length}`)];
  return were.flatMap((branch, index) => differences(branch, are[index], `${path}<${index}>`));
}

const breaking = (path: string, what: string): Difference => ({ path, what, isBreaking: true });
const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && !Array.isArray(value);
const fieldsOf = ({ properties: fields }: Node): Node => (isNode(fields) ? fields : {});
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const requiredOf = ({ required }: Node): Set<unknown> => new Set(listOf(required));
const show = (value: unknown): string => JSON.stringify(value) ?? 'absent';
const equal = (one: unknown, other: unknown): boolean => show(one) === show(other);
