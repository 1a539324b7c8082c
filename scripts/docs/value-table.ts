import type { ChartValue } from './values.ts';

const BEGIN = '<!-- values: written by npm run docs -->';
const END = '<!-- /values -->';
const HEAD = ['value', 'default', 'what it is'];

/** A README with the table of values between its marks. Throws when the marks are not there. */
export function withValueTable(readme: string, values: readonly ChartValue[]): string {
  const [begin, end] = [readme.indexOf(BEGIN), readme.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`A chart's README needs the marks ${BEGIN} and ${END}.`);
  return [readme.slice(0, begin + BEGIN.length), '', ...table(values.flatMap(rows)), '', readme.slice(end)].join('\n');
}

/** A map has a row where its comment says something; what is in it follows. */
function rows({ path, text, value, kind }: ChartValue): string[][] {
  const name = code(path.join('.'));
  if (kind.is === 'map') return [...(text ? [[name, '', cell(text)]] : []), ...kind.entries.flatMap(rows)];
  const choice = kind.is === 'words' ? [`One of ${kind.words.map(code).join(', ')}.`] : [];
  return [[name, shown(value), [cell(text), ...choice].join(' ').trim()]];
}

/** What is longer than that would only widen the column. */
const LONGEST_DEFAULT = 80;

function shown(value: unknown): string {
  const text = typeof value === 'string' && value !== '' ? value : JSON.stringify(value);
  return text.length > LONGEST_DEFAULT ? 'in values.yaml' : code(cell(text));
}

const code = (text: string) => `\`${text}\``;
/** A bar would end a cell. */
const cell = (text: string) => text.replaceAll('|', '\\|');

/** In columns, as biome leaves tables. */
function table(body: readonly string[][]): string[] {
  const widths = HEAD.map((_, column) => Math.max(...[HEAD, ...body].map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) => `| ${widths.map((width, column) => (row[column] ?? '').padEnd(width)).join(' | ')} |`;
  return [line(HEAD), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)];
}
