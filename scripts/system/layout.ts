import type { AppDeclaration } from './declarations.ts';
import { loadApps } from './declarations.ts';
import { freePorts } from './ports.ts';

/** Every port of one system. Defaults are none of the ones that a RabbitMQ or MongoDB of the machine's own listens on. */
export interface Ports {
  amqp: number;
  management: number;
  /** Where the broker tells what it counts. */
  brokerMetrics: number;
  distribution: number;
  epmd: number;
  mongodb: number;
  sandbox: number;
  smtp: number;
  mail: number;
}

const DEFAULTS: Ports = {
  amqp: 5772,
  management: 15_772,
  brokerMetrics: 15_792,
  distribution: 25_772,
  epmd: 4469,
  mongodb: 27_117,
  sandbox: 8100,
  smtp: 1025,
  mail: 1080,
};

/** One replica of a service: its name among the parts, and its ports. */
export interface Replica {
  instance: string;
  service: string;
  ports: AppDeclaration;
}

export interface Layout {
  ports: Ports;
  replicas: Replica[];
}

export interface LayoutOptions {
  ports: 'default' | 'free';
  only: readonly string[] | undefined;
  replicas: Record<string, number>;
}

/** Which services run, how often, and where. A second replica is on free ports in any case. Throws on an unknown service. */
export async function layOut({ ports, only, replicas }: LayoutOptions): Promise<Layout> {
  const next = freePorts();
  const apps = loadApps();
  const unknown = (only ?? []).find((name) => !apps.some((app) => app.name === name));
  if (unknown !== undefined)
    throw new Error(`There is no service ${unknown}; there are ${apps.map((app) => app.name).join(', ')}`);
  const laidOut: Replica[] = [];
  for (const app of apps.filter(({ name }) => only?.includes(name) ?? true)) {
    for (let number = 1; number <= (replicas[app.name] ?? 1); number += 1) {
      const own = ports === 'default' && number === 1 ? app : await onFreePorts(app, next);
      laidOut.push({ instance: number === 1 ? app.name : `${app.name}-${number}`, service: app.name, ports: own });
    }
  }
  return { ports: ports === 'default' ? DEFAULTS : await freeParts(next), replicas: laidOut };
}

async function onFreePorts({ name }: AppDeclaration, next: () => Promise<number>): Promise<AppDeclaration> {
  return { name, app: await next(), http: await next(), grpc: await next(), internal: await next(), metrics: await next() };
}

async function freeParts(next: () => Promise<number>): Promise<Ports> {
  const free = { ...DEFAULTS };
  for (const name of Object.keys(DEFAULTS) as (keyof Ports)[]) free[name] = await next();
  return free;
}
