import { z } from 'zod';
import type { Json } from '../src/described.ts';
import { jsonSchema } from '../src/json-schema.ts';

test('a schema stands where it is used', () => {
  const components = {};
  expect(jsonSchema(z.object({ name: z.string() }), 'input', { name: 'x', components })).toEqual({
    type: 'object',
    properties: { name: { type: 'string' } },
    required: ['name'],
  });
  expect(components).toEqual({});
});

test('a schema that holds itself is a component that refers to itself', () => {
  const tree = z.object({
    name: z.string(),
    get children() {
      return z.array(tree);
    },
  });
  const components: Record<string, Json> = {};
  expect(jsonSchema(tree, 'input', { name: 'shop.tree', components })).toEqual({ $ref: '#/components/schemas/shop.tree' });
  expect(components['shop.tree']).toMatchObject({
    properties: { children: { items: { $ref: '#/components/schemas/shop.tree' } } },
  });
});

test('a part that holds itself is a component under the name of the whole', () => {
  const branch = z.object({
    get below() {
      return branch.optional();
    },
  });
  const components: Record<string, Json> = {};
  const schema = jsonSchema(z.object({ first: branch }), 'input', { name: 'whole', components });
  const names = Object.keys(components);
  expect(names).toEqual([expect.stringMatching(/^whole\./)]);
  const ref = { $ref: `#/components/schemas/${names[0]}` };
  expect(schema).toMatchObject({ properties: { first: ref } });
  expect(components[names[0] ?? '']).toMatchObject({ properties: { below: ref } });
});
