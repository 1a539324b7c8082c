import type { CallContract } from '@souk/contracts';
import type { Access, Endpoint, ServiceDefinition } from '@souk/service-kit';

/** A service with the declared calls it makes. */
export interface Mapped {
  service: ServiceDefinition;
  calls: readonly CallContract[];
}

const code = (text: string) => `\`${text}\``;
const listed = (names: readonly string[]) => (names.length > 0 ? names.map(code).join(' ') : 'none');
/** Newlines end a row of a table, and a bar ends a cell. */
const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

/** Who may use an endpoint, in words: each role with how far it reaches. */
function describeAccess(access: Access): string {
  if (access.kind === 'public') return 'anybody';
  if (access.kind === 'services') return `services: ${access.callers === 'all' ? 'all' : access.callers.join(', ')}`;
  const byReach = new Map<string, string[]>();
  for (const [role, reach] of Object.entries(access.reach)) byReach.set(reach, [...(byReach.get(reach) ?? []), role]);
  const roles = [...byReach].map(([reach, names]) => `${names.join(', ')}: ${reach}`);
  return [...roles, ...(access.guests ? ['guests: public'] : [])].join('; ');
}

const EVERY_SERVICE = 12;

function accessOf(endpoint: Endpoint): string {
  const { access } = endpoint;
  // The list of all services says no more than that word.
  const isForAll = access.kind === 'services' && access.callers !== 'all' && access.callers.length > EVERY_SERVICE;
  return isForAll ? 'services: all, the gateway too' : describeAccess(access);
}

function endpointRows(endpoints: readonly Endpoint[]): string[] {
  if (endpoints.length === 0) return ['No endpoints of its own.', ''];
  const rows = endpoints.map((endpoint) => {
    const { method, path, summary, idempotencyRequired } = endpoint;
    return `| ${code(`${method} ${path}`)} | ${cell(accessOf(endpoint))} | ${cell(summary)}${idempotencyRequired ? ' Needs an Idempotency-Key.' : ''} |`;
  });
  return ['| operation | access | what it does |', '|---|---|---|', ...rows, ''];
}

function queueLine({ queues }: ServiceDefinition): string {
  if (queues.length === 0) return 'none';
  return queues
    .map(({ queue, topic, routingKeys }) => {
      const by = routingKeys.length === 1 ? ` by ${listed(routingKeys)}` : '';
      return `${code(queue)} on ${code(topic)}${by}`;
    })
    .join(', ');
}

const UNITS: [string, number][] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
];

/** In the largest unit that goes into it. */
function every(ms: number): string {
  const [unit, length] = UNITS.find(([, length]) => ms % length === 0) ?? ['millisecond', 1];
  return ms === length ? `every ${unit}` : `every ${ms / length} ${unit}s`;
}

function serviceSection({ service, calls }: Mapped): string[] {
  const typesFor = (replicas: 'one' | 'every') =>
    service.subscriptions
      .filter((subscription) => subscription.replicas === replicas)
      .map(({ contract }) => contract.type)
      .sort();
  const hints = typesFor('every');
  return [
    `## ${service.name}`,
    '',
    service.purpose,
    '',
    `- Port ${service.port}, database ${code(service.database)}`,
    `- Publishes: ${listed(service.publishes.map(({ type, kind }) => (kind === 'signal' ? `${type} (signal)` : type)).sort())}`,
    `- Consumes: ${listed(typesFor('one'))}`,
    ...(hints.length > 0 ? [`- Every replica is told of: ${listed(hints)}`] : []),
    `- Queues: ${queueLine(service)}`,
    `- Calls: ${calls.length > 0 ? calls.map(({ service: callee, method, path }) => `${callee} ${code(`${method} ${path}`)}`).join(', ') : 'none'}`,
    ...(service.jobs.length > 0
      ? [`- Jobs: ${service.jobs.map(({ name, everyMs }) => `${name} ${every(everyMs)}`).join(', ')}`]
      : []),
    '',
    ...endpointRows(service.endpoints),
  ];
}

/** The whole system on one page: who has which operations, who says what, and who listens. */
export function renderMap(mapped: readonly Mapped[]): string {
  const consumersOf = (type: string) =>
    mapped
      .filter(({ service }) => service.subscriptions.some(({ contract }) => contract.type === type))
      .map(({ service }) => service.name);
  const events = mapped.flatMap(({ service }) => service.publishes).sort((a, b) => (a.type < b.type ? -1 : 1));
  return [
    '# Map of the services',
    '',
    "Generated from the services' declarations by `npm run docs`; a test fails when it is stale. Paths are those behind the gateway,",
    'which puts `/api` before them. A role reaches all, its company, its shops, its own, or what is public.',
    '',
    '| service | port | endpoints | publishes | consumes |',
    '|---|---|---|---|---|',
    ...mapped.map(
      ({ service: { name, port, endpoints, publishes, subscriptions } }) =>
        `| [${name}](#${name}) | ${port} | ${endpoints.length} | ${publishes.length} | ${subscriptions.length} |`,
    ),
    '',
    ...mapped.flatMap(serviceSection),
    '## Events',
    '',
    '| event | producer | when | consumers |',
    '|---|---|---|---|',
    ...events.map(
      ({ type, producer, when }) => `| ${code(type)} | ${producer} | ${cell(when)} | ${consumersOf(type).join(', ')} |`,
    ),
    '',
  ].join('\n');
}
