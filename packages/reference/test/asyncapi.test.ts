import { z } from 'zod';
import { asyncApiOf } from '../src/asyncapi.ts';

const event = (type: string, version: number) => ({
  ...{ type, version, producer: 'sales', kind: 'fact', when: `It was, in version ${version}.` },
  ...{ schema: z.object({ orderId: z.string() }), example: { orderId: 'o-1' } },
});
const document = asyncApiOf({
  ...{ title: 'Souk', description: 'x', exchange: 'facts' },
  envelope: z.object({ id: z.string(), type: z.string(), data: z.unknown() }),
  events: [event('order.created', 2), event('order.created', 1), event('order.cancelled', 1)],
});

test('each type is a channel by its routing key, with a message for each version', () => {
  expect(document.channels).toMatchObject({
    'order.created': {
      address: 'order.created',
      messages: { 'order.created.v1': {}, 'order.created.v2': {} },
      bindings: { amqp: { is: 'routingKey', exchange: { name: 'facts', type: 'topic' } } },
    },
    'order.cancelled': { messages: { 'order.cancelled.v1': {} } },
  });
});

test('a message is the envelope with the data of its type, and shows one', () => {
  const { messages } = document.components as { messages: Record<string, object> };
  expect(messages['order.created.v2']).toMatchObject({
    payload: {
      allOf: [
        { $ref: '#/components/schemas/Envelope' },
        { properties: { type: { const: 'order.created' }, data: { required: ['orderId'] } } },
      ],
    },
    examples: [
      {
        payload: { source: '/services/sales', dataschema: expect.stringMatching(/order\.created\/2$/), data: { orderId: 'o-1' } },
      },
    ],
  });
});
