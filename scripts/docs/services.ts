import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CallContract } from '@souk/contracts';
import * as contracts from '@souk/contracts';
import type { ServiceDefinition } from '@souk/service-kit';

const root = join(import.meta.dirname, '..', '..');

/** The tables of contents of all services, in the sequence of `SERVICES`. */
export async function loadServices(): Promise<ServiceDefinition[]> {
  const files = contracts.SERVICES.map((name) => join(root, 'services', name, 'src', 'service.ts')).filter(existsSync);
  const tables: { service: ServiceDefinition }[] = await Promise.all(files.map((file) => import(file)));
  return tables.map(({ service }) => service);
}

const exported: Record<string, unknown> = contracts;

/** The calls that contracts declare, by the names they are imported under. */
export const calls: ReadonlyMap<string, CallContract> = new Map(Object.entries(exported).filter(isCallEntry));

function isCallEntry(entry: [string, unknown]): entry is [string, CallContract] {
  const [, value] = entry;
  return typeof value === 'object' && value !== null && 'service' in value && 'output' in value && 'path' in value;
}

/** Which declared calls a service makes, read from its sources: a call is used where it is named, so nothing declares it again. */
export function callsBy(service: string): CallContract[] {
  const sources = globSync(`services/${service}/src/**/*.ts`, { cwd: root }).map((file) =>
    readFileSync(join(root, file), 'utf8'),
  );
  const named = new Set(sources.flatMap((text) => [...text.matchAll(/\binvoke\(\s*(\w+)/g)].map((match) => match[1] ?? '')));
  const own = [...calls].filter(([name]) => named.has(name)).map(([, call]) => call);
  const asksAll = sources.some((text) => text.includes('personalDataOf('));
  return asksAll ? [...own, ...contracts.PERSONAL_DATA_HOLDERS.map(contracts.personalDataOf)] : own;
}
