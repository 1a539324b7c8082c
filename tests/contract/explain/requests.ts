import { randomUUID } from 'node:crypto';
import type { Access, Endpoint } from '@souk/service-kit';
import type { Person, TestRequest } from '@souk/testing';
import { companyAdmin, customer, shopManager, shopStaff, superAdmin } from '@souk/testing';
import { z } from 'zod';
import { isFields, SAMPLE_ID, sampleOf } from '../bad-input/sample.ts';
import { SECOND_SHOP } from './seeds.ts';

export interface Request extends TestRequest {
  /** `shop_manager GET /orders?status=pending`. */
  name: string;
  method: string;
  path: string;
  /** Of a list that goes on after a page. */
  isList: boolean;
}

const HOUR_MS = 3_600_000;

const itself = (person: Person): Person => ({ ...person, userId: SAMPLE_ID });

/** One of each role, of the first tenant, to whom the first documents belong. */
const people: Readonly<Record<string, Person>> = {
  super_admin: itself(superAdmin()),
  company_admin: itself(companyAdmin(SAMPLE_ID)),
  shop_manager: itself(shopManager(SAMPLE_ID, [SAMPLE_ID, SECOND_SHOP])),
  shop_staff: itself(shopStaff(SAMPLE_ID, [SAMPLE_ID])),
  customer: itself(customer()),
};

function callers(access: Access): [string, TestRequest][] {
  if (access.kind === 'public') return [['a stranger', {}]];
  if (access.kind === 'services') {
    const app = access.callers === 'all' ? 'sales' : (access.callers[0] ?? '');
    return [[app, { app }]];
  }
  const inside = Object.keys(access.reach).map((role): [string, TestRequest] => [role, people[role] ? { as: people[role] } : {}]);
  return access.guests ? [...inside, ['a stranger', {}]] : inside;
}

/** Sound requests to an endpoint by everybody it lets in; to a list, with each of its parameters by itself and all together. */
export function requestsTo(endpoint: Endpoint): Request[] {
  const { method, schemas, access } = endpoint;
  const body = () => (schemas.body && !endpoint.rawBody ? { body: sampleOf(schemas.body) } : {});
  return callers(access).flatMap(([who, from]) =>
    queriesOf(schemas.query).map((query) => {
      const path = `${pathOf(endpoint)}${query}`;
      const key = method === 'GET' || endpoint.ignoresKeys ? {} : { key: randomUUID() };
      const isList = method === 'GET' && 'cursor' in shapeOf(schemas.query) && !query.includes('limit=');
      return { name: `${who} ${method} ${path}`, method, path, isList, ...from, ...key, ...body() };
    }),
  );
}

function pathOf({ path, schemas }: Endpoint): string {
  const sample = schemas.params ? sampleOf(schemas.params) : {};
  const values = new Map(Object.entries(sample as object));
  return path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(String(values.get(name) ?? SAMPLE_ID)));
}

/** What a sample of a schema could not know: spans, and places that somebody is near. */
const asked = (): Record<string, string[]> => ({
  from: [new Date(Date.now() - HOUR_MS).toISOString()],
  to: [new Date().toISOString()],
  timezone: ['Europe/Berlin'],
  cursor: [],
  lat: ['52.5'],
  lng: ['13.4'],
  radius: ['5'],
});

/** `''`, `?status=pending`, `?status=shipped`, … `?status=pending&shopId=…`: as far as the schema takes them. */
function queriesOf(schema: z.ZodType | undefined): string[] {
  if (!schema) return [''];
  const known = asked();
  const values = Object.entries(shapeOf(schema)).map(([name, inner]): [string, string[]] => [
    name,
    known[name] ?? choicesOf(inner as z.ZodType),
  ]);
  const fits = (query: Record<string, string>) => schema.safeParse(query).success;
  const first = Object.fromEntries(
    values.filter(([, [value]]) => value !== undefined).map(([name, [value = '']]) => [name, value]),
  );
  const least = Object.keys(first).reduce((kept, name) => {
    const { [name]: _, ...rest } = kept;
    return fits(rest) ? rest : kept;
  }, first);
  const single = values.flatMap(([name, choices]) => choices.map((value) => ({ ...least, [name]: value })));
  const queries = [least, ...single, first].filter(fits).map((query) => new URLSearchParams(query).toString());
  return [...new Set(queries)].map((query) => (query === '' ? '' : `?${query}`));
}

const shapeOf = (schema: z.ZodType | undefined): Record<string, unknown> =>
  schema && 'shape' in schema && isFields(schema.shape) ? schema.shape : {};

/** Every choice of an enumeration, otherwise one value. */
function choicesOf(schema: z.ZodType): string[] {
  const isYesOrNo = schema.safeParse('true').success && !schema.safeParse('tea').success;
  if (isYesOrNo) return ['true', 'false'];
  const { enum: choices } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return (choices ?? [sampleOf(schema)]).map(String);
}
