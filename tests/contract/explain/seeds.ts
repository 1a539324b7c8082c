import type { Connection, SchemaType } from 'mongoose';
import { isFields, SAMPLE_ID } from '../bad-input/sample.ts';
import type { Makers } from './fields.ts';
import { BY_NAME, BY_STORE, mixed } from './fields.ts';
import { idOf } from './ids.ts';

type Document = Record<string, unknown> & { _id: string };

const DOCUMENTS = 5_000;
const SHOPS = 20;
const PEOPLE = 100;
const AT_ONCE = 2_500;

/** Whose a document is. Ids of the same number agree between stores, as those of one order do. */
export interface Place {
  number: number;
  companyId: string;
  shopId: string;
  personId: string;
  now: number;
}

const [COMPANY, SHOP, PERSON] = [1, 2, 3];
export const OTHER_COMPANY = idOf(1, COMPANY);
/** The second shop of the first tenant. */
export const SECOND_SHOP = idOf(2, SHOP);

/** Two tenants by turns; each has shops of its own, and people buy from both. */
function placeOf(number: number, now: number): Place {
  const tenant = number % 2;
  return {
    number,
    companyId: idOf(tenant, COMPANY),
    shopId: idOf((number % (2 * SHOPS)) as number, SHOP),
    personId: idOf(Math.floor(number / 2) % PEOPLE, PERSON),
    now,
  };
}

/** In whose name documents are put there: not in that of the service, whose commands are watched. */
export const SEEDING = { comment: 'system: a test seeds' };

/** Fills a store with documents as its schema says, and gives what makes another. */
export async function seed(connection: Connection, store: string, now: number): Promise<void> {
  const documents = Array.from({ length: DOCUMENTS }, (_, number) => documentOf(connection, store, placeOf(number, now)));
  const collection = connection.getClient().db(connection.name).collection<Document>(store);
  await collection.deleteMany({}, SEEDING);
  for (let from = 0; from < DOCUMENTS; from += AT_ONCE)
    await collection.insertMany(documents.slice(from, from + AT_ONCE), { ordered: false, ...SEEDING });
}

/** Puts the document that requests are about back, whatever they did to it. What is unique in it is new. */
export async function restore(connection: Connection, store: string, place: { round: number; now: number }): Promise<void> {
  const number = DOCUMENTS + 2 * SHOPS * PEOPLE * place.round;
  const first = { ...placeOf(0, place.now), number };
  const document = { ...documentOf(connection, store, first), _id: SAMPLE_ID };
  const collection = connection.getClient().db(connection.name).collection<Document>(store);
  await collection.deleteOne({ _id: SAMPLE_ID }, SEEDING);
  await collection.insertOne(document, SEEDING);
}

/** Throws mongoose's ValidationError when what is seeded is not as a store's schema says. */
export async function checkSeeds(connection: Connection, store: string): Promise<void> {
  const model = connection.model(store);
  for (const number of [0, 1, 2, 3, DOCUMENTS - 1]) await new model(documentOf(connection, store, placeOf(number, 0))).validate();
}

function documentOf(connection: Connection, store: string, place: Place): Document {
  const own = BY_STORE[`${connection.name.replace(/^.*_/, '')}.${store}`] ?? {};
  const { schema } = connection.model(store);
  return { ...fieldsOf(schema, place, own), _id: idOf(place.number) };
}

/** What is needed of a schema, whatever it is a schema of. */
interface Paths {
  eachPath(visit: (path: string, type: SchemaType) => void): unknown;
}

function fieldsOf(schema: Paths, place: Place, own: Makers = {}): Record<string, unknown> {
  const made: Record<string, unknown> = {};
  schema.eachPath((path, type) => {
    if (path === '_id') return;
    const make = own[path] ?? (isChoice(type) ? undefined : BY_NAME[path]);
    const value = make ? make(place) : inventedFor(path, type, place);
    if (value !== undefined) set(made, path.split('.'), value);
  });
  return made;
}

function set(target: Record<string, unknown>, [name = '', ...rest]: string[], value: unknown): void {
  if (rest.length === 0) {
    target[name] = value;
    return;
  }
  const inner = isFields(target[name]) ? target[name] : {};
  target[name] = inner;
  set(inner, rest, value);
}

const isChoice = ({ options }: SchemaType): boolean => Array.isArray(options.enum);

/** What a field holds of which only its type is known. Times that are not required have not come. */
function inventedFor(path: string, type: SchemaType, place: Place): unknown {
  const { number, now } = place;
  switch (type.instance) {
    case 'String':
      return textOf(path, type, number);
    case 'Number':
      return number + 1;
    case 'Boolean':
      return mixed(number) % 8 !== 0;
    case 'Date':
      return type.isRequired ? new Date(now - number * 10_000) : undefined;
    case 'Array':
      return listOf(path, type, place);
    case 'Embedded':
      return type.schema && fieldsOf(type.schema, place);
    default:
      return type.isRequired ? {} : undefined;
  }
}

function textOf(path: string, { options }: SchemaType, number: number): string {
  const choices: string[] = options.enum ?? [];
  return choices[mixed(number) % choices.length] ?? (path.endsWith('Id') ? idOf(number) : `${path}-${number}`);
}

function listOf(path: string, { schema, isRequired }: SchemaType, place: Place): unknown[] | undefined {
  if (schema) return [fieldsOf(schema, place)];
  if (!isRequired) return undefined;
  return [path.endsWith('Ids') ? idOf(place.number) : `${path}-${place.number}`];
}
