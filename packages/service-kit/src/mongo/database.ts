import type { ScopedCollection } from './collection.ts';
import { scopedCollection } from './collection.ts';
import type { Driver, Session } from './driver.ts';
import type { MongoDriver } from './mongodb.ts';
import { openMongo } from './mongodb.ts';
import type { Scope } from './scope.ts';
import { commentOf } from './scope.ts';
import type { OpenedStore, Store } from './store.ts';

/** Whoever can be asked for a collection: a context (its caller's scope) or a transaction of it. */
export interface Db {
  readonly scope: Scope;
  in<Doc extends object>(store: Store<Doc>): ScopedCollection<Doc>;
}

/** One service's database. */
export interface Database {
  readonly driver: Driver;
  in<Doc extends object>(store: Store<Doc>, scope: Scope, session?: Session): ScopedCollection<Doc>;
  close(): Promise<void>;
}

interface DatabaseOptions {
  uri: string;
  name: string;
  timeoutMs: number;
  instance: string;
  /** Check each inserted document against its mongoose schema: in tests. On hot paths it would cost more than the write. */
  checkWrites: boolean;
}

/** Opens a service's database and creates the indexes of its stores. */
export async function openDatabase(options: DatabaseOptions, stores: readonly Store[]): Promise<Database> {
  const driver: MongoDriver = await openMongo({ ...options, database: options.name, monitorCommands: options.checkWrites });
  const opened = new Map<string, OpenedStore>();
  for (const store of stores) {
    const here = store.open(driver.connection);
    await here.createIndexes();
    opened.set(store.name, here);
  }
  return databaseOn(driver, (store) => {
    const known = opened.get(store.name);
    if (!known) throw new Error(`store ${store.name} is not declared by its service`);
    return options.checkWrites ? known : undefined;
  });
}

/** Scoped collections over any driver; what is inserted is checked by the stores that `opened` gives. */
export function databaseOn(driver: Driver, opened: (store: Store) => OpenedStore | undefined = () => undefined): Database {
  return {
    driver,
    in: (store, scope, session) =>
      scopedCollection(store, { driver: driver.collection(store.name, commentOf(scope)), scope, session, opened: opened(store) }),
    close: () => driver.close(),
  };
}
