import type { LoggedEvent } from '../src/events/log.ts';
import type { Database } from '../src/index.ts';
import { system } from '../src/index.ts';
import type { Store } from '../src/mongo/store.ts';
import type { UnitRuntime } from '../src/unit.ts';

/** What units of work and batches need of a service; keeps what was handed to the relay. */
export function unitRuntime(database: Database): UnitRuntime & { committedEvents: LoggedEvent[] } {
  const committedEvents: LoggedEvent[] = [];
  return {
    database,
    now: () => new Date(),
    committed: (events) => void committedEvents.push(...events),
    committedEvents,
  };
}

/** Empties stores between tests. */
export async function empty(database: Database, ...stores: readonly Store[]): Promise<void> {
  for (const store of stores) await database.in(store, system('a test begins')).deleteMany({});
}
