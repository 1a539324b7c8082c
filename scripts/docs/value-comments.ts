import { isMap, isScalar, LineCounter, parseDocument } from 'yaml';

/** What stands above a key of a values.yaml: the text after `# --`, and the words after each `# @<name>`. */
export interface Comment {
  text: string;
  annotations: ReadonlyMap<string, readonly string[]>;
}

export interface CommentedValues {
  values: unknown;
  /** By the keys from the top, joined with dots. */
  comments: ReadonlyMap<string, Comment>;
}

export function readCommentedYaml(yaml: string): CommentedValues {
  const counter = new LineCounter();
  const document = parseDocument(yaml, { lineCounter: counter });
  if (document.errors[0]) throw document.errors[0];
  const lines = yaml.split('\n');
  const comments = new Map<string, Comment>();
  const collect = (node: unknown, path: readonly string[]) => {
    if (!isMap(node)) return;
    for (const { key, value } of node.items) {
      if (!isScalar(key) || !key.range) continue;
      const own = [...path, String(key.value)];
      const { line, col } = counter.linePos(key.range[0]);
      comments.set(own.join('.'), commentAbove(lines.slice(0, line - 1), ' '.repeat(col - 1)));
      collect(value, own);
    }
  };
  collect(document.contents, []);
  return { values: document.toJS(), comments };
}

/** The block of comments that ends right above a key and is indented as the key is: a key inside braces has none. */
function commentAbove(lines: readonly string[], indent: string): Comment {
  const first = lines.findLastIndex((line) => !line.startsWith(`${indent}#`)) + 1;
  const block = lines.slice(first).map((line) => line.slice(indent.length + 1).trim());
  const isAnnotation = (line: string) => line.startsWith('@');
  const begins = block.findIndex((line) => line.startsWith('-- '));
  const text = begins < 0 ? [] : block.slice(begins).filter((line) => !isAnnotation(line));
  const annotations = block.filter(isAnnotation).map((line): [string, string[]] => {
    const [name = '', ...words] = line.slice(1).split(/\s+/);
    return [name, words];
  });
  return { text: text.join(' ').replace('-- ', ''), annotations: new Map(annotations) };
}
