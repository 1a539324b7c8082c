import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { EventContract } from '../src/index.ts';
import { allEvents } from '../src/index.ts';
import { differences } from './compatibility.ts';

/** An event's version as it was when it was recorded: one line of the file. */
interface RecordedEvent {
  type: string;
  version: number;
  example: unknown;
  schema: unknown;
}

const FILE = join(import.meta.dirname, 'recorded-events.ndjson');
const RECORD = 'SOUK_RECORD_EVENTS=true npx jest --selectProjects unit --testPathPatterns recorded-events';
/** Writes the file: what is new goes in, what broke its version is never taken in. */
const isRecording = process.env.SOUK_RECORD_EVENTS === 'true';

const nameOf = ({ type, version }: { type: string; version: number }) => `${type} ${version}`;

/** The schema of what is on the wire. A named format says all that its pattern says, in a hundredth of the length. */
function schemaOf({ schema }: EventContract): unknown {
  const written = z.toJSONSchema(schema, {
    unrepresentable: 'any',
    override: ({ jsonSchema }) => {
      if (jsonSchema.format !== undefined) delete jsonSchema.pattern;
    },
  });
  return JSON.parse(JSON.stringify(written));
}

const recorded: RecordedEvent[] = existsSync(FILE)
  ? readFileSync(FILE, 'utf8')
      .split('\n')
      .filter((line) => line.length > 0)
      .map((line) => JSON.parse(line))
  : [];
const known = new Map(recorded.map((event) => [nameOf(event), event]));
const today = new Map(allEvents.map((event) => [nameOf(event), event]));

/** How an event differs from its record; undefined when it has none. */
function changesOf(event: EventContract) {
  const before = known.get(nameOf(event));
  return before && differences(before.schema, schemaOf(event));
}

if (isRecording)
  afterAll(() => {
    const kept = recorded.filter((event) => !today.has(nameOf(event)) || isBroken(today.get(nameOf(event))));
    const taken = allEvents
      .filter((event) => !isBroken(event))
      .map((event) => ({
        type: event.type,
        version: event.version,
        example: known.get(nameOf(event))?.example ?? event.example,
        schema: schemaOf(event),
      }));
    const lines = [...kept, ...taken].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1)).map((event) => JSON.stringify(event));
    writeFileSync(FILE, `${lines.join('\n')}\n`);
  });

const isBroken = (event: EventContract | undefined) => (event && changesOf(event)?.some(({ isBreaking }) => isBreaking)) ?? false;

it('no event breaks what was recorded of its version', () => {
  const broken = allEvents.flatMap((event) =>
    (changesOf(event) ?? [])
      .filter(({ isBreaking }) => isBreaking)
      .map(({ path, what }) => `${nameOf(event)}: ${path} ${what}; that needs version ${event.version + 1}, beside the old one`),
  );
  expect(broken).toEqual([]);
});

it('every event is recorded, and what it gained is told', () => {
  const gained = allEvents.flatMap((event) =>
    (changesOf(event) ?? []).map(({ path, what }) => `${nameOf(event)}: ${path} ${what}`),
  );
  if (gained.length > 0 && !isRecording) process.stdout.write(`${gained.join('\n')}\nRecord that with: ${RECORD}\n`);
  const missing = allEvents.map(nameOf).filter((name) => !known.has(name));
  expect(isRecording ? [] : missing.map((name) => `${name} is not recorded; ${RECORD}`)).toEqual([]);
});

it('no version is dropped: logs and queues still hold its events', () => {
  expect([...known.keys()].filter((name) => !today.has(name))).toEqual([]);
});

it('events as they were recorded are taken by their consumers of today', () => {
  const refused = recorded.filter((event) => !today.get(nameOf(event))?.schema.safeParse(event.example).success);
  expect(refused.map(nameOf)).toEqual([]);
});
