import { z } from 'zod';
import { afterCursor, cursorAfter, pageOf, pageQuery } from '../src/paging.ts';

const query = z.strictObject(pageQuery);
const newest = { createdAt: -1, _id: -1 } as const;
const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

it.each([{ limit: '0' }, { limit: '101' }, { limit: 'many' }, { limit: '1.5' }, { cursor: 'x'.repeat(1025) }, { page: '2' }])(
  'refuses %j',
  (asked) => {
    expect(query.safeParse(asked).success).toBe(false);
  },
);

it('gives 20 when nothing is said', () => {
  expect(query.parse({})).toEqual({ limit: 20 });
  expect(query.parse({ limit: '100' })).toEqual({ limit: 100 });
});

it('finds its way back to the place of a cursor, dates included', () => {
  const createdAt = new Date('2026-11-02T09:00:00.000Z');
  const cursor = cursorAfter({ _id: 'x', createdAt, more: 1 }, newest);
  expect(afterCursor(cursor, newest)).toEqual({
    $or: [{ createdAt: { $lt: createdAt } }, { createdAt, _id: { $lt: 'x' } }],
  });
});

it('goes up where the sort does, and into fields of fields', () => {
  const sort = { 'address.city': 1, _id: -1 } as const;
  expect(afterCursor(cursorAfter({ _id: 'x', address: { city: 'Basel' } }, sort), sort)).toEqual({
    $or: [{ 'address.city': { $gt: 'Basel' } }, { 'address.city': 'Basel', _id: { $lt: 'x' } }],
  });
});

it.each([
  ['nonsense', 'nonsense'],
  ['nothing', ''],
  ['too few fields', encoded(['x'])],
  ['too many fields', encoded([1, 2, 3])],
  ['an operator', encoded([{ $gt: '' }, 'x'])],
  ['a date that is none', encoded([{ $date: 'tomorrow' }, 'x'])],
  ['a list', encoded([['x'], 'x'])],
  ['no list', encoded({ 0: 'x', 1: 'y' })],
])('refuses a cursor of %s', (_name, cursor) => {
  expect(() => afterCursor(cursor, newest)).toThrow(expect.objectContaining({ code: 'invalid_request', status: 422 }));
});

it('describes a page', () => {
  const page = pageOf(z.string());
  expect(page.safeParse({ data: ['a'], nextCursor: null }).success).toBe(true);
  expect(page.safeParse({ data: ['a'] }).success).toBe(false);
});
