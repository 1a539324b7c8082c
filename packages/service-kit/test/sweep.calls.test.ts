import { digestBody, fetchBody, listBody } from '../src/events/sweep.calls.ts';

const types = [{ type: 'order.created', since: '2026-11-02T09:00:00.000Z' }];
const id = '01890000-0000-7000-8000-000000000001';

test.each([
  ['a digest of no types', digestBody, { types: [], after: 0, until: types[0]?.since }],
  ['a digest of a time that is none', digestBody, { types, after: 0, until: 'yesterday' }],
  ['a digest of a place before the beginning', digestBody, { types, after: -1, until: types[0]?.since }],
  ['a list longer than a thousand', listBody, { types, after: 0, upTo: 9, limit: 1001 }],
  ['a list without an end', listBody, { types, after: 0, limit: 10 }],
  ['more than it knows', listBody, { types, after: 0, upTo: 9, limit: 10, where: {} }],
  ['a fetch of nothing', fetchBody, { ids: [] }],
  ['a fetch of 201', fetchBody, { ids: Array.from({ length: 201 }, () => id) }],
  ['a fetch of no id', fetchBody, { ids: [{ $gt: '' }] }],
])('refuses %s', (_name, schema, body) => {
  expect(schema.safeParse(body).success).toBe(false);
});

test('takes what a sweep asks', () => {
  expect(digestBody.safeParse({ types, after: 0, until: types[0]?.since }).success).toBe(true);
  expect(listBody.safeParse({ types, after: 5, upTo: Number.MAX_SAFE_INTEGER, limit: 500 }).success).toBe(true);
  expect(fetchBody.safeParse({ ids: [id] }).success).toBe(true);
});
