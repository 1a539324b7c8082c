import { z } from 'zod';
import type { DescribedEvent, Json } from './described.ts';

/** What all events have in common. */
export interface EventWorld {
  title: string;
  description: string;
  /** The envelope that each travels in. */
  envelope: z.ZodType;
  exchange: string;
  events: readonly DescribedEvent[];
}

const AMQP = '0.3.0';
const LICENCE = { name: 'Apache 2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' };

/** The AsyncAPI 3.0 document of all events: a channel for each type, which is its routing key, sent to by the service whose log holds it. */
export function asyncApiOf({ title, description, envelope, exchange, events }: EventWorld): Json {
  const sorted = [...events].sort((a, b) => a.type.localeCompare(b.type) || a.version - b.version);
  const byType = Map.groupBy(sorted, ({ type }) => type);
  const topic = { name: exchange, type: 'topic', durable: true, autoDelete: false, vhost: '/' };
  return {
    asyncapi: '3.0.0',
    info: {
      title,
      version: '1',
      description,
      license: LICENCE,
      contact: { name: 'Souk', url: 'https://souk.dev' },
      tags: tagsOf(sorted),
    },
    defaultContentType: 'application/cloudevents+json',
    channels: mapped(byType, (type, versions) => ({
      address: type,
      title: type,
      description: versions.map(({ when }) => when).join(' '),
      messages: Object.fromEntries(versions.map((event) => [idOf(event), { $ref: `#/components/messages/${idOf(event)}` }])),
      bindings: { amqp: { is: 'routingKey', exchange: topic, bindingVersion: AMQP } },
    })),
    operations: mapped(byType, (type, versions) => ({
      action: 'send',
      channel: { $ref: `#/channels/${type}` },
      title: `${versions[0]?.producer} publishes ${type}`,
      summary: versions[0]?.when,
      tags: [{ name: versions[0]?.producer }],
      messages: versions.map((event) => ({ $ref: `#/channels/${type}/messages/${idOf(event)}` })),
    })),
    components: {
      schemas: { Envelope: draft7(envelope) },
      messages: Object.fromEntries(sorted.map((event) => [idOf(event), messageOf(event)])),
    },
  };
}

const idOf = ({ type, version }: DescribedEvent): string => `${type}.v${version}`;

const tagsOf = (events: readonly DescribedEvent[]): Json[] =>
  [...new Set(events.map(({ producer }) => producer))].map((name) => ({ name }));

const mapped = (byType: ReadonlyMap<string, DescribedEvent[]>, make: (type: string, versions: DescribedEvent[]) => Json): Json =>
  Object.fromEntries([...byType].map(([type, versions]) => [type, make(type, versions)]));

/** Schemas of AsyncAPI are of draft 7. What events gain later is read past by those that do not know it, so they stay open. */
function draft7(schema: z.ZodType): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any', target: 'draft-7' });
  return rest;
}

function messageOf(event: DescribedEvent): Json {
  const { type, version, when, kind, producer, schema, example } = event;
  return {
    name: type,
    title: `${type}, version ${version}`,
    summary: when,
    description:
      kind === 'signal' ? 'A signal: told at most once, and not kept.' : 'A fact: logged, told until it is applied, and audited.',
    contentType: 'application/cloudevents+json',
    tags: [{ name: producer }, { name: kind }],
    payload: {
      allOf: [
        { $ref: '#/components/schemas/Envelope' },
        { type: 'object', required: ['data'], properties: { type: { type: 'string', const: type }, data: draft7(schema) } },
      ],
    },
    examples: [{ name: type, summary: when, payload: exampleOf(event, example) }],
  };
}

const exampleOf = ({ type, version, producer }: DescribedEvent, data: unknown): Json => ({
  specversion: '1.0',
  id: '0199d3a0-5b1c-7c3e-9f0a-2b4d6e8f1a3c',
  source: `/services/${producer}`,
  type,
  subject: '0199d3a0-5b1c-7c3e-9f0a-2b4d6e8f1a3d',
  time: '2026-01-02T03:04:05.006Z',
  dataschema: `https://souk.dev/events/${type}/${version}`,
  sequence: 1000,
  position: 1,
  data,
});
