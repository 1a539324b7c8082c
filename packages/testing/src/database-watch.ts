import type { Driver, Store } from '@souk/service-kit';

/** A command as the driver sends it: its first field names it, and its collection. */
export type SentCommand = Readonly<Record<string, unknown>>;

/** Commands about no document of a tenant, or, as getMore, about what another command found. */
const HARMLESS = new Set([
  ...['abortTransaction', 'commitTransaction', 'createIndexes', 'dropDatabase', 'endSessions', 'getMore', 'hello', 'killCursors'],
  ...['killSessions', 'listIndexes', 'ping'],
]);
const WRITES = { update: 'updates', delete: 'deletes' } as const;

/**
 * What is wrong with a command of a service that has `stores`; undefined when nothing is. A command on a collection of tenants is in
 * the name of a scope, which its comment says, and asks by the field that decides that scope, or it is the system's, with a reason.
 */
export function faultOf(name: string, command: SentCommand, stores: readonly Store[]): string | undefined {
  if (HARMLESS.has(name)) return undefined;
  const store = stores.find((each) => each.name === command[name]);
  if (!store || !isOfTenants(store)) return undefined;
  const told = `${name} on ${store.name}`;
  const comment = typeof command.comment === 'string' ? command.comment : '';
  if (/^system: \S/.test(comment)) return undefined;
  const fields = fieldsOf(store, comment);
  if (!fields) return `${told} in the name of nobody: ${comment || 'no comment'}`;
  const asked = name === 'insert' ? rowsOf(command.documents) : filtersOf(name, command);
  if (!asked) return `${told} is a command that nobody thought of`;
  const open = asked.find((filter) => !fields.every((field) => isNarrowed(filter, field)));
  return open && `${told} as ${comment} without ${fields.join(' and ')}: ${JSON.stringify(open).slice(0, 300)}`;
}

const isOfTenants = ({ scope: { company, shops, own } }: Store): boolean => Boolean(company ?? shops ?? own);

/** The fields that a filter must name in a scope of that kind. */
function fieldsOf({ scope }: Store, kind: string): string[] | undefined {
  const needed: (string | undefined)[] | undefined = {
    company: [scope.company],
    shops: [scope.company, scope.shops],
    own: [scope.own],
    public: Object.keys(scope.public ?? {}),
  }[kind];
  const named = needed?.filter((field) => field !== undefined);
  return named?.length === needed?.length ? named : undefined;
}

const rowsOf = (value: unknown) => (Array.isArray(value) ? value : [value ?? {}]) as SentCommand[];

function filtersOf(name: string, command: SentCommand): SentCommand[] | undefined {
  if (name === 'find') return rowsOf(command.filter);
  if (name === 'findAndModify' || name === 'count' || name === 'distinct') return rowsOf(command.query);
  if (name === 'update' || name === 'delete') return rowsOf(command[WRITES[name]]).map(({ q }) => q as SentCommand);
  if (name !== 'aggregate') return undefined;
  const [first] = rowsOf(command.pipeline);
  return rowsOf(first?.$match);
}

/** Whether a filter names `field` where nothing can widen it again: at its top, or in a part that must hold as well. */
function isNarrowed(filter: SentCommand, field: string): boolean {
  if (filter[field] !== undefined && filter[field] !== null) return true;
  return rowsOf(filter.$and ?? []).some((part) => isNarrowed(part, field));
}

/** A driver on MongoDB, of which the kit shows less. */
interface Listened {
  connection?: {
    getClient(): { on(event: 'commandStarted', tell: (sent: { commandName: string; command: SentCommand }) => void): unknown };
  };
}

/** Listens to all that a service says to its database from now on; gives what was wrong with it, which grows. */
export function watchDatabase(driver: Driver & Listened, stores: readonly Store[]): string[] {
  const faults: string[] = [];
  const client = driver.connection?.getClient();
  if (!client) throw new Error('there is nothing to listen to');
  client.on('commandStarted', ({ commandName, command }) => {
    const fault = faultOf(commandName, command, stores);
    if (fault !== undefined) faults.push(fault);
  });
  return faults;
}
