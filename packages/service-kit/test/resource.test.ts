import { defineResource } from '../src/resource.ts';

test('a resource is found by its own declaration', () => {
  const first = defineResource({ name: 'mail', start: () => 'opened' });
  const second = defineResource({ name: 'mail', start: () => 'another' });
  const values = new Map<object, unknown>([
    [first, 'opened'],
    [second, 'another'],
  ]);
  const holder = { value: (key: object) => values.get(key) };
  expect(first.of(holder)).toBe('opened');
  expect(second.of(holder)).toBe('another');
});

test('what a holder refuses is refused', () => {
  const resource = defineResource({ name: 'mail', start: () => 1 });
  const holder = {
    value: () => {
      throw new Error('not declared');
    },
  };
  expect(() => resource.of(holder)).toThrow('not declared');
});
