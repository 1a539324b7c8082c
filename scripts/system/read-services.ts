// Prints the queues, event types and secrets that the services given as arguments declare, as JSON.
import type { EventDeclarations } from './declarations.ts';
import { declaredSecrets } from './declared-secrets.ts';
import type { QueueDeclaration } from './topology.ts';

interface ServiceTable {
  name: string;
  queues: Omit<QueueDeclaration, 'service'>[];
  publishes: { type: string }[];
  config: { secrets?: unknown };
}

function isServiceTable(value: unknown): value is ServiceTable {
  return (
    typeof value === 'object' &&
    value !== null &&
    'name' in value &&
    'queues' in value &&
    'publishes' in value &&
    'config' in value
  );
}

const found: EventDeclarations = { queues: [], publishes: {}, secrets: {} };
for (const file of process.argv.slice(2)) {
  const exported: Record<string, unknown> = await import(file);
  for (const table of Object.values(exported).filter(isServiceTable)) {
    found.queues.push(...table.queues.map((queue) => ({ service: table.name, ...queue })));
    found.publishes[table.name] = table.publishes.map((event) => event.type);
    found.secrets[table.name] = declaredSecrets(table);
  }
}
process.stdout.write(JSON.stringify(found));
