import { anybody, endpoint } from '@souk/service-kit';
import { z } from 'zod';
import { openApiOf } from '../src/openapi.ts';

const address = z.object(Object.fromEntries(['name', 'line1', 'line2', 'postalCode', 'city'].map((key) => [key, z.string()])));
const order = z.object({ id: z.string(), shippingAddress: address, billingAddress: address, at: z.string(), total: z.int() });
const run = async () => undefined as never;
const reading = (path: string) => endpoint({ method: 'GET', path, summary: 'x', access: anybody, output: order, run });

const { components, paths } = openApiOf({
  name: 'sales',
  purpose: 'x',
  endpoints: [reading('/orders/last'), reading('/orders/first')],
});

test('what repeats stands once, named after the service and the property that has it first', () => {
  expect(Object.keys(components.schemas)).toEqual(['Problem', 'sales.Order', 'sales.ShippingAddress']);
  const content = (path: string) => paths[path]?.get?.responses[200]?.content;
  expect(content('/orders/last')).toEqual({ 'application/json': { schema: { $ref: '#/components/schemas/sales.Order' } } });
  expect(content('/orders/first')).toEqual(content('/orders/last'));
  expect(components.schemas['sales.Order']).toMatchObject({
    properties: {
      shippingAddress: { $ref: '#/components/schemas/sales.ShippingAddress' },
      billingAddress: { $ref: '#/components/schemas/sales.ShippingAddress' },
    },
  });
});

test('what does not repeat stays where it is', () => {
  const alone = openApiOf({ name: 'sales', purpose: 'x', endpoints: [{ ...reading('/orders'), schemas: { output: address } }] });
  expect(Object.keys(alone.components.schemas)).toEqual(['Problem']);
});
