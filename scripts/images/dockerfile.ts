/** One instruction of a stage, with its arguments as they stand after variables were put in. */
export interface Instruction {
  name: string;
  value: string;
}

export interface Stage {
  name: string;
  from: string;
  instructions: Instruction[];
}

const KNOWN = new Set(['WORKDIR', 'COPY', 'RUN', 'LABEL', 'ENV', 'USER', 'ENTRYPOINT']);

/**
 * Reads the part of Dockerfile's language that the project's own file uses: stages, variables, and the instructions above, a line
 * each or more with a backslash. Throws on anything else, so that the file cannot say what is then left out.
 */
export function parseDockerfile(text: string, given: Readonly<Record<string, string>>): Stage[] {
  const stages: Stage[] = [];
  const values: Record<string, string> = { ...given };
  for (const line of logicalLines(text)) {
    const [name = '', ...words] = line.split(/\s+/);
    const value = withValues(line.slice(name.length).trim(), values);
    const stage = stages.at(-1);
    if (name === 'ARG') declare(value, values);
    else if (name === 'FROM') stages.push(stageOf(value));
    else if (stage && KNOWN.has(name)) stage.instructions.push({ name, value });
    else throw new Error(`the Dockerfile's ${name} ${words.join(' ')} is not understood here`);
  }
  return stages;
}

const logicalLines = (text: string): string[] =>
  text
    .replace(/\\\n/g, ' ')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));

function declare(value: string, values: Record<string, string>): void {
  const [name = '', preset] = value.split('=', 2);
  values[name] ??= preset ?? '';
}

function stageOf(value: string): Stage {
  const match = /^(\S+)\s+AS\s+(\S+)$/i.exec(value);
  if (!match) throw new Error(`FROM ${value}: each stage here has a name`);
  const [, from = '', name = ''] = match;
  return { name, from, instructions: [] };
}

function withValues(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\$\{(\w+)\}/g, (_, name: string) => values[name] ?? '');
}

/** `A=b C=d` as LABEL and ENV have it; quotes are not used. */
export function pairsOf(value: string): Record<string, string> {
  return Object.fromEntries(value.split(/\s+/).map((pair) => pair.split('=', 2) as [string, string]));
}
