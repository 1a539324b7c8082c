// Prints the queues and event types that the services given as arguments declare, as JSON.
import type { EventDeclarations } from './declarations.ts';
import type { QueueDeclaration } from './topology.ts';

interface ServiceTable {
  name: string;
  queues: Omit<QueueDeclaration, 'service'>[];
  publishes: { type: string }[];
}

function isServiceTable(value: unknown): value is ServiceTable {
  return typeof value === 'object' && value !== null && 'name' in value && 'queues' in value && 'publishes' in value;
}

const found: EventDeclarations = { queues: [], publishes: {} };
for (const file of process.argv.slice(2)) {
  const exported: Record<string, unknown> = await import(file);
  for (const table of Object.values(exported).filter(isServiceTable)) {
    found.queues.push(...table.queues.map((queue) => ({ service: table.name, ...queue })));
    found.publishes[table.name] = table.publishes.map((event) => event.type);
  }
}
process.stdout.write(JSON.stringify(found));
