import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { root } from './places.ts';
import type { QueueDeclaration } from './topology.ts';

/** An application of dapr/dapr.yaml with its ports. */
export interface AppDeclaration {
  name: string;
  app: number;
  http: number;
  grpc: number;
  internal: number;
  metrics: number;
}

interface RunFile {
  apps: {
    appID: string;
    appPort: number;
    daprHTTPPort: number;
    daprGRPCPort: number;
    daprInternalGRPCPort: number;
    metricsPort: number;
  }[];
}

/** What the services' own tables of contents say of themselves: queues, the event types that each one publishes, and its secrets. */
export interface EventDeclarations {
  queues: QueueDeclaration[];
  publishes: Record<string, string[]>;
  secrets: Record<string, string[]>;
}

/** The thirteen applications, in the order of dapr/dapr.yaml. */
export function loadApps(): AppDeclaration[] {
  const file: RunFile = parse(readFileSync(join(root, 'dapr', 'dapr.yaml'), 'utf8'));
  return file.apps.map((app) => ({
    name: app.appID,
    app: app.appPort,
    http: app.daprHTTPPort,
    grpc: app.daprGRPCPort,
    internal: app.daprInternalGRPCPort,
    metrics: app.metricsPort,
  }));
}

/** The queues of all services that exist. */
export async function loadQueues(): Promise<QueueDeclaration[]> {
  return (await loadEventDeclarations()).queues;
}

/** Reads services/<name>/src/service.ts of each service, in a process of its own: they bring half the project into memory. */
export async function loadEventDeclarations(): Promise<EventDeclarations> {
  const folder = join(root, 'services');
  const files = existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name, 'src', 'service.ts')) : [];
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [join(import.meta.dirname, 'read-services.ts'), ...files.filter(existsSync)],
    {
      maxBuffer: 16 * 1024 * 1024,
      timeout: 60_000,
    },
  );
  return JSON.parse(stdout);
}
