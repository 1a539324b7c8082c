import type { ShapeName } from '../../scripts/docs/value-shapes.ts';
import type { ChartValue, Kind } from '../../scripts/docs/values.ts';
import { leavesOf, nameOf } from '../../scripts/docs/values.ts';

/** Renders a chart with these values instead of its own, named by their paths. Throws when helm refuses. */
export type RenderWith = (changes: Changes, where: 'anywhere' | 'in a cluster') => Promise<string>;
export type Changes = Record<string, unknown>;

interface Situation {
  changes: Changes;
  where: 'anywhere' | 'in a cluster';
}

const OTHER_SHAPES: Record<ShapeName, unknown> = {
  strings: ['changed'],
  quantity: '17Mi',
  duration: '7h',
  resources: { requests: { cpu: '17m' } },
  names: [{ name: 'changed' }],
  tolerations: [{ key: 'changed', operator: 'Exists' }],
  peers: [{ ipBlock: { cidr: '192.0.2.0/24' } }],
  egress: [{ to: [{ ipBlock: { cidr: '192.0.2.0/24' } }] }],
};

/**
 * The values that change nothing, whatever else is set. A value may need another to count, as a mode or a switch, so each is tried
 * beside every other choice there is, the nearest first, and in a cluster that holds what templates look up.
 */
export async function findUnused(values: readonly ChartValue[], renderWith: RenderWith): Promise<string[]> {
  const leaves = leavesOf(values);
  const before = new Map<string, string>();
  const rendered = async ({ changes, where }: Situation) => comparable(await renderWith(changes, where).catch(refusalIn));
  const isSeen = async (leaf: ChartValue, situation: Situation) => {
    const key = JSON.stringify(situation);
    const without = before.get(key) ?? (await rendered(situation));
    before.set(key, without);
    const changes = { ...situation.changes, [pathOf(leaf)]: otherThan(leaf, values) };
    return (await rendered({ ...situation, changes })) !== without;
  };
  const unused: string[] = [];
  for (const leaf of leaves) if (!(await isSeenInAny(leaf, situationsFor(leaf, leaves), isSeen))) unused.push(pathOf(leaf));
  // A difference is a value's only where the same values still make the same.
  for (const [key, text] of before) {
    if ((await rendered(JSON.parse(key))) !== text) throw new Error(`What is rendered with ${key} changed by itself meanwhile.`);
  }
  return unused;
}

/** A template that refuses a value has read it. Throws what is anything else, as a value that the schema refuses. */
function refusalIn(error: Error): string {
  if (/execution error at \(/.test(error.message)) return error.message;
  throw error;
}

type IsSeen = (leaf: ChartValue, situation: Situation) => Promise<boolean>;

async function isSeenInAny(leaf: ChartValue, situations: readonly Situation[], isSeen: IsSeen): Promise<boolean> {
  for (const situation of situations) if (await isSeen(leaf, situation)) return true;
  return false;
}

export const pathOf = ({ path }: ChartValue): string => path.join('.');

function situationsFor(leaf: ChartValue, leaves: readonly ChartValue[]): Situation[] {
  const choices = leaves
    .filter((other) => other !== leaf)
    .flatMap((other) => choicesOf(other).map((value) => ({ other, value })));
  const nearness = ({ other }: { other: ChartValue }) => sharedLength(other.path, leaf.path);
  const nearestFirst = choices.sort((one, two) => nearness(two) - nearness(one));
  const switchesOn = Object.fromEntries(leaves.filter(({ kind }) => kind.is === 'boolean').map((other) => [pathOf(other), true]));
  return [
    { changes: {}, where: 'anywhere' },
    ...nearestFirst.map(({ other, value }): Situation => ({ changes: { [pathOf(other)]: value }, where: 'anywhere' })),
    { changes: switchesOn, where: 'anywhere' },
    { changes: {}, where: 'in a cluster' },
  ];
}

function choicesOf({ kind, value }: Pick<ChartValue, 'kind' | 'value'>): unknown[] {
  if (kind.is === 'boolean') return [!value];
  return kind.is === 'words' ? kind.words.filter((word) => word !== value) : [];
}

function sharedLength(one: readonly string[], two: readonly string[]): number {
  const differs = one.findIndex((name, index) => name !== two[index]);
  return differs < 0 ? one.length : differs;
}

/** A value that the schema takes and that is not the chart's own. */
function otherThan({ kind, value }: ChartValue, values: readonly ChartValue[]): unknown {
  switch (kind.is) {
    case 'string':
      return 'changed';
    case 'integer':
      return otherInteger(kind, Number(value));
    case 'boolean':
    case 'words':
      return choicesOf({ kind, value })[0];
    case 'free':
      return { CHANGED: 'changed' };
    case 'shape':
      return OTHER_SHAPES[kind.shape];
    case 'keyed':
      return { [firstKeyOf(kind.by, values)]: OTHER_SHAPES[kind.shape] };
    case 'map':
      throw new Error('A map has no value of its own.');
  }
}

/** Far enough that no division makes the two the same. */
function otherInteger({ least, most = Number.MAX_SAFE_INTEGER }: Extract<Kind, { is: 'integer' }>, value: number): number {
  const other = 2 * value + 2;
  return other <= most ? other : least;
}

function firstKeyOf(name: string, values: readonly ChartValue[]): string {
  const kind = values.find((value) => nameOf(value) === name)?.kind;
  const [first] = kind?.is === 'map' ? kind.entries : [];
  if (!first) throw new Error(`${name} is no map with entries.`);
  return nameOf(first);
}

const DRAWN = /\b[A-Za-z0-9]{43}\b|-----BEGIN [A-Z ]+-----[^-]+-----END [A-Z ]+-----/g;

/**
 * What is rendered, without what is drawn anew each time, and without what repeats values that nothing may read: checksums of them
 * all, and the Secret that keeps them for the next upgrade.
 */
function comparable(text: string): string {
  const objects = text.split(/^---$/m).filter((object) => !/^ {2}name: \S+-keys$/m.test(object));
  const stable = objects.map((object) => (/^kind: Secret$/m.test(object) ? withoutDrawn(object) : object));
  return stable.join('---').replace(/^ *checksum\/.*$/gm, '');
}

/**
 * Text that is not drawn stays as it is. What is encoded is looked at only decoded: a run of the same length comes about in base64
 * by chance.
 */
function withoutDrawn(secret: string): string {
  return secret.replace(/(?<=[:=] |requirepass )\S+$/gm, (text) => {
    const decoded = Buffer.from(text, 'base64');
    const isEncoded = decoded.toString('base64') === text;
    return (isEncoded ? decoded.toString() : text).replace(DRAWN, 'drawn');
  });
}
