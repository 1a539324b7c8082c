import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { ServiceDefinition } from '@souk/service-kit';
import { stringify } from 'yaml';
import { declaredSecrets } from '../system/declared-secrets.ts';
import type { QueueDeclaration } from '../system/topology.ts';
import { rabbitDefinitions, writePattern } from '../system/topology.ts';
import type { Asks } from './edges.ts';
import { edgesOf } from './edges.ts';

const root = join(import.meta.dirname, '..', '..');
const FILES = 'charts/souk/files';
const WRITTEN = '# Written by `npm run docs`; a change here is lost.\n';

/** What the chart takes from elsewhere: Dapr's resources as they are, and what it must know of the services' declarations. */
export function renderChartFiles(services: readonly ServiceDefinition[]): [string, string][] {
  const dapr = [...globSync('components/*.yaml', { cwd: root }), 'dapr/config.yaml', 'dapr/resiliency.yaml'].sort();
  const copies = dapr.map((path): [string, string] => [
    `${FILES}/dapr/${basename(path)}`,
    WRITTEN + readFileSync(join(root, path), 'utf8'),
  ]);
  return [...copies, [`${FILES}/services.yaml`, WRITTEN + stringify(declarationsOf(services), { lineWidth: 0 })]];
}

function declarationsOf(services: readonly ServiceDefinition[]): object {
  const queues = services.flatMap(({ name, queues }) => queues.map((queue): QueueDeclaration => ({ service: name, ...queue })));
  const { users: _users, permissions: _permissions, topic_permissions: _topics, ...broker } = rabbitDefinitions(queues, []);
  const edges = edgesOf(services);
  const described = services.map((service) => [service.name, describe(service, edges.get(service.name) ?? {})]);
  return { services: Object.fromEntries(described), broker };
}

function describe(service: ServiceDefinition, asks: Asks): object {
  const { publishes, queues, migrations } = service;
  return {
    secrets: declaredSecrets(service),
    queues: queues.map(({ queue }) => queue),
    migrates: migrations.length > 0,
    writes: writePattern(publishes.map(({ type }) => type)),
    asks: Object.fromEntries(Object.entries(asks).map(([callee, operations]) => [callee, policyOf(operations)])),
  };
}

/**
 * Operations as Dapr's access control knows them: one entry for a path with all its methods, because of two it keeps the first; `*` is any
 * one segment at a path's end, and `**` any one before that.
 */
function policyOf(operations: Asks[string]): object[] {
  if (operations === 'all') return [{ name: '/**', httpVerb: ['*'] }];
  const verbs = new Map<string, string[]>();
  for (const { method, path } of operations) {
    const name = path.replace(/:\w+$/, '*').replace(/:\w+/g, '**');
    verbs.set(name, [...(verbs.get(name) ?? []), method]);
  }
  return [...verbs].map(([name, httpVerb]) => ({ name, httpVerb }));
}
