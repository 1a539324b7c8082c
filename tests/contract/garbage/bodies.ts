import { randomBytes } from 'node:crypto';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import type { Chance } from '../../faults/chance.ts';
import { pick } from '../../faults/chance.ts';

const DEEP = 100_000;
const SOUND = '{"email":"somebody@example.com","password":"a password that is wrong"}';
const ZEROES = Buffer.alloc(32 * 1024 * 1024);
/** Small on the wire, large in memory. */
const BOMBS = {
  gzip: gzipSync(ZEROES),
  deflate: deflateSync(ZEROES),
  br: brotliCompressSync(ZEROES),
  'gzip, gzip': gzipSync(gzipSync(ZEROES)),
};

const text = (value: string): Buffer => Buffer.from(value);
const nested = (open: string, close: string, depth = DEEP): Buffer => text(`${open.repeat(depth)}${close.repeat(depth)}`);
const withEmail = (value: string): Buffer => text(`{"email":${value},"password":"a password that is wrong"}`);

/** JSON that is none, or means something else than it seems to. */
const TEXTS: readonly Buffer[] = [
  nested('[', ']'),
  nested('{"a":', '}'),
  nested('[', '', DEEP),
  nested('{"email":', '', 10_000),
  withEmail(nested('[', ']', 50_000).toString()),
  text('{"email":"a@example.com","email":"b@example.com","password":"a password that is wrong"}'),
  text('{"__proto__":{"role":"super_admin"},"email":"a@example.com","password":"a password that is wrong"}'),
  text('{"constructor":{"prototype":{"isActive":true}},"email":"a@example.com","password":"x"}'),
  text('{"email":{"__proto__":null},"password":{"toString":1}}'),
  ...['null', '""', 'true', '0', '-0', '1e999', '{}', '[]', '[{}]', '', ' ', '\n', '\u0000', '\ufeff{}', '{"email":}'].map(text),
  ...['{"email":"a"}}', '{"email":"a",}', "{'email':'a'}", '{/**/}', 'NaN', 'Infinity', '{"a":01}', '{"a":+1}', '{"a":.5}'].map(
    text,
  ),
  ...['"\\ud800"', '"\\udfff\\ud800"', '"\\u0000"', '"\\u202e@example.com"', `"${'a'.repeat(100_000)}@example.com"`].map(
    withEmail,
  ),
  ...[
    '9'.repeat(10_000),
    '-1e-999',
    '{"$ne":null}',
    '{"$gt":""}',
    '["a@example.com"]',
    '"a@example.com\\r\\nBcc: b@example.com"',
  ].map(withEmail),
  Buffer.concat([text('{"email":"'), Buffer.from([0xff, 0xfe, 0xc0, 0xaf, 0xed, 0xa0, 0x80]), text('"}')]),
  Buffer.concat([text('{"email":"'), Buffer.from([0xf0, 0x9f])]),
  Buffer.from(SOUND, 'utf16le'),
  Buffer.concat([text(SOUND), Buffer.from([0])]),
  text(`{${Array.from({ length: 20_000 }, (_, index) => `"k${index}":0`).join(',')}}`),
  text(`{"${'k'.repeat(200_000)}":0}`),
  text(`[${'0,'.repeat(400_000)}0]`),
  Buffer.alloc(1_200_000, 0x20),
];

const TYPES = [
  ...['application/json', 'application/json; charset=utf-8', 'application/json;charset=utf-16', 'application/json; charset="x"'],
  ...[
    'application/merge-patch+json',
    'application/jsonx',
    'text/plain',
    'multipart/form-data; boundary=x',
    'application/x-www-form-urlencoded',
  ],
  ...['', ';', 'application/json,text/plain', 'APPLICATION/JSON', `application/json; x=${'y'.repeat(4_000)}`],
];
const ENCODINGS = ['identity', 'gzip', 'br', 'x-gzip', 'deflate', 'gzip, deflate, br', '*', '', 'zstd', 'nonsense'];

export interface GarbageBody {
  name: string;
  bytes: Buffer;
  headers: readonly string[];
}

/** Turns, drops or doubles a few bytes of what was sound. */
function mutate(chance: Chance, sound: Buffer): Buffer {
  const bytes = Buffer.from(sound);
  for (let turns = 0; turns < 4; turns += 1) bytes[Math.floor(chance() * bytes.length)] = Math.floor(chance() * 256);
  const end = Math.floor(chance() * bytes.length);
  return chance() < 0.3 ? bytes.subarray(0, end) : chance() < 0.5 ? Buffer.concat([bytes, bytes.subarray(end)]) : bytes;
}

/** A body that no endpoint can make sense of, with the headers that come with it. */
export function garbageBody(chance: Chance): GarbageBody {
  const draw = chance();
  if (draw < 0.1) {
    const [encoding, bytes] = pick(chance, Object.entries(BOMBS));
    return { name: `a bomb in ${encoding}`, bytes, headers: ['content-type: application/json', `content-encoding: ${encoding}`] };
  }
  const type = chance() < 0.6 ? 'application/json' : pick(chance, TYPES);
  const headers = [`content-type: ${type}`, ...(chance() < 0.15 ? [`content-encoding: ${pick(chance, ENCODINGS)}`] : [])];
  if (draw < 0.4) return { name: 'changed bytes', bytes: mutate(chance, text(SOUND)), headers };
  if (draw < 0.45) return { name: 'random bytes', bytes: randomBytes(1 + Math.floor(chance() * 5_000)), headers };
  const index = Math.floor(chance() * TEXTS.length);
  return { name: `text ${index}`, bytes: TEXTS[index] ?? text(SOUND), headers };
}
