import type { Connection, Schema } from 'mongoose';

/** A MongoDB filter, update or pipeline stage. Built by our code from parsed input, never handed through from a client. */
export type Filter = Record<string, unknown>;

/** Which field decides each kind of scope. A kind that is absent cannot be used on the store. */
export interface ScopeFields {
  company?: string;
  shops?: string;
  own?: string;
  /** What anybody may see: the filter of the public part. */
  public?: Filter;
}

export interface StoreRules {
  readonly name: string;
  readonly scope: ScopeFields;
  /** Other collections its aggregations may read. */
  readonly joins: readonly string[];
}

/** What the database does with a store when a service starts. */
export interface OpenedStore {
  createIndexes(): Promise<void>;
  /** Throws mongoose's ValidationError when the document is not as the schema says. */
  check(document: object): Promise<void>;
}

export interface Store<Doc extends object = object> extends StoreRules {
  open(connection: Connection): OpenedStore;
  /** Never set: carries the document's type. */
  readonly document?: Doc;
}

/** Declares a collection: its mongoose schema with indexes, and how it is scoped. Ids are strings; unknown fields are errors. */
export function defineStore<Doc extends { _id: string }>(declaration: {
  name: string;
  schema: Schema<Doc>;
  scope: ScopeFields;
  joins?: readonly string[];
}): Store<Doc> {
  const { name, schema, scope, joins = [] } = declaration;
  schema.set('strict', 'throw');
  schema.set('versionKey', false);
  schema.set('minimize', false);
  schema.set('autoIndex', false);
  return {
    name,
    scope,
    joins,
    open(connection) {
      const model = connection.model(name, schema, name);
      return {
        createIndexes: () => model.createIndexes(),
        check: async (document) => {
          await new model(document).validate();
        },
      };
    },
  };
}
