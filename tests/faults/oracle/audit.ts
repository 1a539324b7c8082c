import { createHash } from 'node:crypto';
import type { Check, EntryDoc, Fault, Place } from './snapshot.ts';
import { fault, groupBy, repeated } from './snapshot.ts';

const GENESIS = '0'.repeat(64);

/** The text that an entry's hash is over: its JSON with sorted keys, without its own hash. Written anew here, to agree by itself. */
function canonical(value: unknown): string {
  if (value instanceof Date) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((item) => canonical(item ?? null)).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value ?? null);
  const names = Object.keys(value).sort();
  const shown = names.filter((name) => Reflect.get(value, name) !== undefined);
  return `{${shown.map((name) => `${JSON.stringify(name)}:${canonical(Reflect.get(value, name))}`).join(',')}}`;
}

const hashOf = (entry: EntryDoc): string =>
  createHash('sha256')
    .update(canonical({ ...entry, hash: undefined }))
    .digest('hex');

const factsHaveEntries: Check = ({ logs, entries, since }) => {
  const known = new Set(entries.map(({ _id }) => _id));
  return Object.values(logs)
    .flat()
    .filter(({ _id, type, time }) => time >= (since.audit?.[type] ?? time) && !known.has(_id))
    .map(({ _id, type, subject }) => fault('fact has its audit entry', _id, `${type} of ${subject}`));
};

const entriesHaveFacts: Check = ({ logs, entries }) => {
  const known = new Set(Object.values(logs).flatMap((facts) => facts.map(({ _id }) => _id)));
  const strange = entries.filter(({ _id, source }) => source !== '/services/audit' && !known.has(_id));
  return [
    ...strange.map(({ _id, type }) => fault('audit entry has its fact', _id, `${type} was never logged`)),
    ...repeated(entries, ({ _id }) => _id).map((id) => fault('audit entry has its fact', id, 'is there twice')),
  ];
};

function faultOfChain(chain: string, entries: EntryDoc[], head: Place | undefined): Fault[] {
  let last = { seq: 0, hash: GENESIS };
  for (const entry of [...entries].sort((a, b) => a.seq - b.seq)) {
    const isNext = entry.seq === last.seq + 1 && entry.prevHash === last.hash;
    if (!isNext) return [fault('audit chain is whole', chain, `breaks after ${last.seq}`)];
    if (entry.hash !== hashOf(entry)) return [fault('audit chain is whole', chain, `entry ${entry.seq} was changed`)];
    last = entry;
  }
  const isAtEnd = head?.seq === last.seq && head.hash === last.hash;
  return isAtEnd ? [] : [fault('audit chain is whole', chain, `ends at ${last.seq}, its head is at ${head?.seq}`)];
}

const chainsAreWhole: Check = ({ entries, heads }) => {
  const byChain = new Map(heads.map((head) => [head._id, head]));
  const chains = groupBy(entries, ({ chain }) => chain);
  const lost = heads.filter(({ _id }) => !chains.has(_id)).map(({ _id }) => fault('audit chain is whole', _id, 'has no entries'));
  return [...lost, ...[...chains].flatMap(([chain, all]) => faultOfChain(chain, all, byChain.get(chain)))];
};

const chainsVerify: Check = ({ verdicts }) =>
  verdicts.filter(({ valid }) => !valid).map(({ chain }) => fault('audit verifies its chain', chain, 'does not verify'));

export const auditChecks: Check[] = [factsHaveEntries, entriesHaveFacts, chainsAreWhole, chainsVerify];
