import { z } from 'zod';
import { differences } from './compatibility.ts';

const line = z.object({ sku: z.string(), quantity: z.int().positive() });
const order = {
  orderId: z.uuid(),
  status: z.enum(['pending', 'paid']),
  note: z.string().optional(),
  lines: z.array(line),
  by: z.union([z.object({ kind: z.literal('person'), userId: z.string() }), z.object({ kind: z.literal('job') })]),
  tags: z.record(z.string(), z.number()),
};
const recorded = z.object(order);

const since = (now: z.ZodType) => differences(z.toJSONSchema(recorded), z.toJSONSchema(now));
const broken = (now: z.ZodType) => since(now).filter(({ isBreaking }) => isBreaking);

it('finds nothing in what did not change, whatever is said about it', () => {
  expect(since(recorded.describe('An order.'))).toEqual([]);
});

it('takes an optional field more, at any depth, and tells of it', () => {
  const added = { path: 'data.lines[].name', what: 'is new and optional', isBreaking: false };
  expect(since(z.object({ ...order, lines: z.array(line.extend({ name: z.string().optional() })) }))).toEqual([added]);
});

it.each<[string, Partial<Record<keyof typeof order | 'extra', z.ZodType>>, string, RegExp]>([
  ['a new required field', { extra: z.string() }, 'data.extra', /new and required/],
  ['an optional field that became required', { note: z.string() }, 'data.note', /is required, was optional/],
  ['a required field that became optional', { orderId: z.uuid().optional() }, 'data.orderId', /is optional, was required/],
  ['another type', { note: z.number().optional() }, 'data.note', /type is "number", was "string"/],
  ['a narrower text', { note: z.string().max(5).optional() }, 'data.note', /maxLength is 5, was absent/],
  ['a wider text', { orderId: z.string() }, 'data.orderId', /format is absent, was "uuid"/],
  ['a word less', { status: z.enum(['pending']) }, 'data.status', /enum is \["pending"\], was/],
  ['a word more', { status: z.enum(['pending', 'paid', 'lost']) }, 'data.status', /enum is .*"lost"/],
  [
    'a type that may be null',
    { note: z.string().nullable().optional() },
    'data.note',
    /type is \["string","null"\], was "string"/,
  ],
  ['a change inside a list', { lines: z.array(line.omit({ sku: true })) }, 'data.lines[].sku', /was removed/],
  [
    'a change inside a branch',
    { by: z.union([z.object({ kind: z.literal('person') }), z.object({ kind: z.literal('job') })]) },
    'data.by<0>.userId',
    /was removed/,
  ],
  ['a branch less', { by: z.object({ kind: z.literal('job') }) }, 'data.by', /branches/],
  ['other values of a record', { tags: z.record(z.string(), z.string()) }, 'data.tags.*', /type is "string", was "number"/],
])('finds %s', (_what, change, path, what) => {
  const found = broken(z.object({ ...order, ...change }));
  expect(found).toContainEqual({ path, what: expect.stringMatching(what), isBreaking: true });
});

it('finds a removed field', () => {
  const { note: _, ...rest } = order;
  expect(broken(z.object(rest))).toEqual([{ path: 'data.note', what: 'was removed', isBreaking: true }]);
});
