// `npm run logs -- sales [more parts]`: the last lines of the parts' logs, and what they write from now on.
import { closeSync, existsSync, fstatSync, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stateFolder } from './system/state.ts';

const SHOWN_AT_FIRST_BYTES = 8_192;
const POLL_MS = 300;

const folder = join(stateFolder(), 'logs');
const known = existsSync(folder) ? readdirSync(folder).flatMap((file) => /^(.+)\.log$/.exec(file)?.[1] ?? []) : [];
const asked = process.argv.slice(2);
const unknown = asked.find((name) => !known.includes(name));

/** What was appended to the log since `offset`, from a line's beginning the first time. */
function readFrom(file: string, offset: number | undefined): { text: string; end: number } {
  const descriptor = openSync(file, 'r');
  try {
    const { size } = fstatSync(descriptor);
    // A log that became shorter has been replaced by a new one.
    const start = offset === undefined ? Math.max(0, size - SHOWN_AT_FIRST_BYTES) : offset > size ? 0 : offset;
    const bytes = Buffer.alloc(size - start);
    readSync(descriptor, bytes, 0, bytes.length, start);
    const text = bytes.toString('utf8');
    return { text: offset === undefined && start > 0 ? text.slice(text.indexOf('\n') + 1) : text, end: size };
  } finally {
    closeSync(descriptor);
  }
}

async function follow(names: readonly string[]): Promise<never> {
  const ends = new Map<string, number>();
  for (;;) {
    for (const name of names) {
      const { text, end } = readFrom(join(folder, `${name}.log`), ends.get(name));
      ends.set(name, end);
      process.stdout.write(names.length === 1 ? text : text.replace(/^(?=.)/gm, `${name} | `));
    }
    await sleep(POLL_MS);
  }
}

if (asked.length === 0 || unknown !== undefined) {
  if (unknown !== undefined) console.error(`There is no log of ${unknown}.`);
  console.error(known.length === 0 ? 'There are no logs yet: npm run up' : `Give one or more of: ${known.join(' ')}`);
  process.exitCode = 1;
} else {
  await follow(asked);
}
