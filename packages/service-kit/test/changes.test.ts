import { changesBetween } from '../src/events/changes.ts';

const before = { _id: '1', version: 1, updatedAt: new Date(0), name: 'Ann', email: 'ann@example.com', tags: ['a'], gone: 1 };

it('names what differs, with what stood before and after', () => {
  const after = { ...before, version: 2, updatedAt: new Date(1), tags: ['a', 'b'], gone: undefined, made: true };
  expect(changesBetween(before, after)).toEqual([
    { field: 'tags', before: ['a'], after: ['a', 'b'] },
    { field: 'gone', before: 1, after: undefined },
    { field: 'made', before: undefined, after: true },
  ]);
});

it('names a personal field without its values', () => {
  const changes = changesBetween(before, { ...before, email: 'other@example.com' }, ['email']);
  expect(changes).toEqual([{ field: 'email' }]);
  expect(JSON.stringify(changes)).not.toContain('example.com');
});

it('says nothing of what stays, by value and not by identity', () => {
  expect(changesBetween(before, { ...before, tags: ['a'] })).toEqual([]);
});

it('takes a document that did not stand before', () => {
  expect(changesBetween(null, { name: 'Ann' }, ['name'])).toEqual([{ field: 'name' }]);
});
