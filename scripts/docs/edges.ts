import type { CallContract } from '@souk/contracts';
import { fetchJwks, listRevocations } from '@souk/contracts';
import type { ServiceDefinition } from '@souk/service-kit';
import { callsBy } from './services.ts';

/** One operation that a service invokes of another, through both sidecars. */
export type Operation = Pick<CallContract, 'method' | 'path'>;

/** Whom a service invokes, and what of it; `all` is every operation there is. */
export type Asks = Record<string, Operation[] | 'all'>;

/** What every consumer asks of a producer's log: its sweep compares, a replay reads. */
const LOG: Operation[] = ['digest', 'list', 'fetch'].map((name) => ({ method: 'POST', path: `/internal/events/${name}` }));
const REDRIVE: Operation = { method: 'POST', path: '/internal/events/redrive' };

/** All edges between services, each derived from a declaration: calls, tokens, sweeps, dead letters, and the gateway's door. */
export function edgesOf(services: readonly ServiceDefinition[]): Map<string, Asks> {
  return new Map(services.map((service) => [service.name, asksOf(service, services)]));
}

function asksOf(service: ServiceDefinition, services: readonly ServiceDefinition[]): Asks {
  const others = services.filter(({ name }) => name !== service.name);
  if (service.name === 'gateway') return Object.fromEntries(others.map(({ name }) => [name, 'all']));
  const asks = new Map<string, Operation[]>();
  const add = (callee: string, ...operations: Operation[]) => {
    if (callee !== service.name && operations.length > 0) asks.set(callee, [...(asks.get(callee) ?? []), ...operations]);
  };
  for (const call of [fetchJwks, listRevocations, ...callsBy(service.name)]) add(call.service, call);
  for (const other of others) add(other.name, ...oftenAsked(service, other));
  return Object.fromEntries([...asks].map(([callee, operations]) => [callee, distinct(operations)]));
}

/** What a service asks another though no call between the two says so. */
function oftenAsked(service: ServiceDefinition, { publishes, queues }: ServiceDefinition): Operation[] {
  const heard = new Set(service.subscriptions.map(({ contract }) => contract.type));
  return [
    ...(publishes.some(({ type }) => heard.has(type)) ? LOG : []),
    ...(service.onDeadLetter && queues.length > 0 ? [REDRIVE] : []),
  ];
}

function distinct(operations: readonly Operation[]): Operation[] {
  return [...new Map(operations.map(({ method, path }) => [`${method} ${path}`, { method, path }])).values()];
}
