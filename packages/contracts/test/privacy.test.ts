import { z } from 'zod';
import type { EventContract } from '../src/index.ts';
import { allEvents } from '../src/index.ts';

/** Words that a field about a person or a secret would have in its name. */
const FORBIDDEN = [
  ...['email', 'mail', 'phone', 'mobile', 'address', 'street', 'city', 'zip', 'postcode', 'postal', 'latitude', 'longitude'],
  ...['firstname', 'lastname', 'fullname', 'username', 'surname', 'nickname', 'birth', 'birthday', 'gender', 'avatar', 'photo'],
  ...[
    'ip',
    'agent',
    'password',
    'passwd',
    'secret',
    'token',
    'credential',
    'card',
    'iban',
    'note',
    'notes',
    'comment',
    'body',
    'text',
  ],
];

/** Types whose `name` is that of a thing: a company, shop, product, tax or shipping zone. */
const NAMED_THINGS = [
  ...['company.created', 'company.updated', 'company.settings_updated', 'shop.created', 'shop.updated'],
  ...['product.created', 'product.updated', 'order.created', 'order.item_changed', 'order.confirmed', 'order.cancelled'],
];

interface Field {
  name: string;
  schema: Record<string, unknown>;
}

/** All fields of a JSON schema, at any depth. */
function fieldsOf(schema: unknown): Field[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const nested = Object.values(schema).flatMap(fieldsOf);
  if (!('properties' in schema) || typeof schema.properties !== 'object' || schema.properties === null) return nested;
  return [...Object.entries(schema.properties).map(([name, field]) => ({ name, schema: Object(field) })), ...nested];
}

/** `shippingAddress` -> shipping, address, shippingaddress. */
function wordsOf(name: string): string[] {
  const words = name
    .replace(/([A-Z])/g, ' $1')
    .split(/[ _]/)
    .map((word) => word.toLowerCase());
  return [...words, words.join('')];
}

/** What in the fields of an event could say who somebody is or let a reader in. */
function personalFields(type: string, schema: z.ZodType): string[] {
  return fieldsOf(z.toJSONSchema(schema))
    .map((field) => field.name)
    .filter((name) => (name === 'name' ? !NAMED_THINGS.includes(type) : wordsOf(name).some((word) => FORBIDDEN.includes(word))));
}

/** All texts of an example, at any depth. */
function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsOf) : [];
}

const byType: [string, EventContract][] = allEvents.map((event) => [event.type, event]);

describe.each(byType)('%s', (type, event) => {
  it('has no field for personal data or secrets', () => {
    expect(personalFields(type, event.schema)).toEqual([]);
  });

  it('shows no mail address, network address or phone number in its example', () => {
    for (const text of textsOf(event.example)) expect(text).not.toMatch(/@|\b\d{1,3}(?:\.\d{1,3}){3}\b|^\+\d[\d ()-]{6,}$/);
  });

  it('has no fractional number', () => {
    expect(fieldsOf(z.toJSONSchema(event.schema)).filter((field) => field.schema.type === 'number')).toEqual([]);
  });
});

describe('the search for personal fields', () => {
  it.each(['email', 'shippingAddress', 'phoneNumber', 'first_name', 'clientIp', 'userAgent', 'refreshToken', 'name'])(
    'finds %s',
    (name) => {
      const schema = z.object({ lines: z.array(z.object({ [name]: z.string() })) });
      expect(personalFields('order.shipped', schema)).toEqual([name]);
    },
  );

  it.each(['shipmentId', 'shippedAt', 'recipientIds', 'description', 'paymentMethod'])('lets %s pass', (name) => {
    expect(personalFields('order.shipped', z.object({ [name]: z.string() }))).toEqual([]);
  });
});
