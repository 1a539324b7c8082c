import { createHash } from 'node:crypto';
import type { Linked, Place } from '../src/log/chain.rules.ts';
import { canonicalJson, findBreak, findTailBreak, hashedText, START } from '../src/log/chain.rules.ts';

const digest = (content: string) => createHash('sha256').update(content).digest('hex');

function linkAfter(last: Place, fields: object = {}): Linked {
  const entry = { _id: `entry ${last.seq + 1}`, seq: last.seq + 1, prevHash: last.hash, ...fields };
  return { ...entry, hash: digest(hashedText(entry)) };
}

describe('canonical JSON', () => {
  it('does not depend on the sequence of keys, at any depth', () => {
    expect(canonicalJson({ b: [{ y: 1, x: 2 }], a: null })).toBe(canonicalJson({ a: null, b: [{ x: 2, y: 1 }] }));
  });

  it('leaves out what is undefined and writes dates as ISO text', () => {
    const at = new Date('2026-11-02T09:00:00.000Z');
    expect(canonicalJson({ at, none: undefined })).toBe('{"at":"2026-11-02T09:00:00.000Z"}');
  });

  it.each([
    ['a number and its text', 1, '1'],
    ['null and an empty object', null, {}],
    ['a list and its only item', [1], 1],
    ['an absent and a null field', {}, { a: null }],
  ])('tells %s apart', (_name, left, right) => {
    expect(canonicalJson(left)).not.toBe(canonicalJson(right));
  });

  it('survives a round trip through JSON', () => {
    const value = { text: 'a "quote" \u2028', list: [1, -0.5, 1e21, true], nested: { deep: {} } };
    expect(canonicalJson(JSON.parse(JSON.stringify(value)))).toBe(canonicalJson(value));
  });
});

describe('a link of the chain', () => {
  const first = linkAfter(START, { data: 1 });
  const second = linkAfter(first, { data: 2 });
  const third = linkAfter(second, { data: 3 });

  it('holds when it is the next and as it was written', () => {
    expect(findBreak(START, first, digest)).toBeUndefined();
    expect(findBreak(first, second, digest)).toBeUndefined();
  });

  it.each([
    ['an entry whose content changed', { ...second, data: 9 }, { seq: 2, entryId: 'entry 2', fault: 'changed' }],
    ['a gap', third, { seq: 2, fault: 'missing' }],
    ['a number that was given before', linkAfter(START, { data: 4 }), { seq: 1, entryId: 'entry 1', fault: 'inserted' }],
    ['a number between two others', linkAfter({ ...first, seq: 0.5 }), { seq: 1.5, entryId: 'entry 1.5', fault: 'inserted' }],
    [
      'an entry that follows another',
      linkAfter({ seq: 1, hash: digest('else') }),
      { seq: 2, entryId: 'entry 2', fault: 'unlinked' },
    ],
  ])('breaks at %s', (_name, entry, broken) => {
    expect(findBreak(first, entry, digest)).toEqual(broken);
  });
});

describe('the end of the chain', () => {
  const head = { seq: 7, hash: 'h7' };

  it.each([
    ['reaches the head', head, { before: head, passed: 'h7', now: head }, undefined],
    ['grew while it was read', { seq: 8, hash: 'h8' }, { before: head, passed: 'h7', now: { seq: 9, hash: 'h9' } }, undefined],
    ['was cut', { seq: 5, hash: 'h5' }, { before: head, passed: undefined, now: head }, 'missing'],
    ['goes beyond its head', { seq: 8, hash: 'h8' }, { before: head, passed: 'h7', now: head }, 'inserted'],
    ['was written anew', { seq: 7, hash: 'other' }, { before: head, passed: 'other', now: head }, 'unlinked'],
  ])('that %s', (_name, last, heads, fault) => {
    expect(findTailBreak(last, heads)?.fault).toBe(fault);
  });
});
