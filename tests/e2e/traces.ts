import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SERVICES } from '@souk/contracts';
import type { Collector, ExportedSpan } from '@souk/testing';
import { root } from '../../scripts/system/places.ts';
import type { Day } from './day.ts';
import { ordersOf } from './day.ts';
import type { Databases } from './facts.ts';
import { until } from './platform.ts';

/** What lets the services of a platform export their spans to a collector, soon after each has ended. */
export const exportingTo = ({ endpoint }: Collector): Record<string, Record<string, string>> => ({
  '*': { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_BSP_SCHEDULE_DELAY: '500' },
});

interface TracedFact {
  service: string;
  id: string;
  type: string;
  orderId: string | undefined;
  traceId: string | undefined;
}

interface LoggedFact {
  _id: string;
  type: string;
  subject: string;
  traceparent?: string;
  data: { orderId?: string };
}

/** Every fact in the logs of all producers. */
async function tracedFacts(databases: Databases): Promise<TracedFact[]> {
  const logs = await Promise.all(
    SERVICES.map(async (service) => {
      const logged = await databases.of(service).collection<LoggedFact>('events').find({}).toArray();
      return logged.map(({ _id: id, type, subject, traceparent, data }) => ({
        ...{ service, id, type },
        orderId: type.startsWith('order.') ? subject : data.orderId,
        traceId: traceparent?.split('-')[1],
      }));
    }),
  );
  return logs.flat();
}

/** Who is told of each event, as the page for people has it, which is made from what the services declare. */
function declaredConsumers(): Map<string, string[]> {
  const page = readFileSync(join(root, 'docs', 'map.md'), 'utf8');
  const rows = page.slice(page.indexOf('\n## Events')).matchAll(/^\| `([\w.]+)` \|.*\| ([^|]*) \|$/gm);
  return new Map([...rows].map(([, type = '', names = '']) => [type, names.split(', ').filter(Boolean)]));
}

const messageOf = ({ attributes }: ExportedSpan) => String(attributes['messaging.message.id']);
const typeOf = ({ attributes }: ExportedSpan) => String(attributes['cloudevents.event_type']);
const ofKind = (spans: readonly ExportedSpan[], ...kinds: ExportedSpan['kind'][]) =>
  spans.filter(({ kind }) => kinds.includes(kind));
const unique = (values: readonly string[]): string[] => [...new Set(values)].sort();

/** Waits until each fact that was logged has a span of its producer, and one of each consumer. */
async function untilWhole({ databases }: Day, { spans }: Collector): Promise<TracedFact[]> {
  const consumers = declaredConsumers();
  const read = async () => {
    const facts = await tracedFacts(databases);
    const known = new Set(spans.map((span) => `${span.service}: ${span.name} ${messageOf(span)}`));
    const due = facts.flatMap(({ service, type, id }) => [
      `${service}: ${type} publish ${id}`,
      ...(consumers.get(type) ?? []).map((consumer) => `${consumer}: ${type} process ${id}`),
    ]);
    return { missing: due.filter((each) => !known.has(each)), facts };
  };
  return (await until(read, ({ missing }) => missing.length === 0)).facts;
}

/** Of all that was traced: each span has its parent, and each event was published once and worked off by its consumers alone. */
export async function expectSpans(day: Day, collector: Collector): Promise<void> {
  await untilWhole(day, collector);
  const { spans } = collector;
  const consumers = declaredConsumers();
  const known = new Map(spans.map((span) => [span.spanId, span]));
  const orphans = spans.filter(({ parentId, traceId }) => parentId !== '' && known.get(parentId)?.traceId !== traceId);
  expect(orphans).toEqual([]);
  const published = ofKind(spans, 'PRODUCER').map(messageOf);
  expect(published.sort()).toEqual(unique(published));
  for (const span of ofKind(spans, 'CONSUMER')) {
    const from = known.get(span.parentId);
    expect(from).toMatchObject({ kind: 'PRODUCER', name: `${typeOf(span)} publish` });
    expect(from && messageOf(from)).toBe(messageOf(span));
    expect(consumers.get(typeOf(span))).toContain(span.service);
  }
  // What begins a trace is a request from outside, or a fact of something that nobody asked for.
  const beginnings = spans.filter(({ parentId }) => parentId === '').map(({ service, kind }) => `${kind} of ${service}`);
  expect(unique(beginnings.filter((each) => !each.startsWith('PRODUCER')))).toEqual(['SERVER of gateway']);
}

/** All that was ever recorded of an order is in one trace: the one in which its customer checked out. */
export async function expectOneTraceEach(day: Day, collector: Collector): Promise<void> {
  const facts = await untilWhole(day, collector);
  const placed = new Set(day.ada.placed);
  expect((await ordersOf(day)).map(({ id }) => id).sort()).toEqual([...placed].sort());
  const beginnings = new Map(collector.spans.filter(({ parentId }) => parentId === '').map((span) => [span.traceId, span]));
  for (const orderId of placed) {
    const about = facts.filter((fact) => fact.orderId === orderId);
    const created = about.find(({ type }) => type === 'order.created');
    expect(about.filter(({ traceId }) => traceId !== created?.traceId)).toEqual([]);
    expect(beginnings.get(created?.traceId ?? '')).toMatchObject({ service: 'gateway', name: 'POST /checkout' });
  }
}

/** What the calls of a checkout and of what follows from it are, beside its events: by caller and callee. */
const CALLS = [
  'CLIENT POST of payment',
  'CLIENT GET /internal/users/:id/contact of notification',
  'CLIENT POST /internal/carts/quote of sales',
  'SERVER GET /internal/users/:id/contact of auth',
  'SERVER POST /checkout of gateway',
  'SERVER POST /checkout of sales',
  'SERVER POST /internal/carts/quote of ecommerce',
];

/** The first checkout, paid, sent and delivered: its trace has the services that it must touch up to the sockets, and no other. */
export async function expectCheckout(day: Day, collector: Collector): Promise<void> {
  const facts = await untilWhole(day, collector);
  const { traceId } = facts.find(({ type, orderId }) => type === 'order.created' && orderId === day.ada.placed[0]) ?? {};
  const trace = collector.spans.filter((span) => span.traceId === traceId);
  const calls = ofKind(trace, 'SERVER', 'CLIENT').map(({ kind, name, service }) => `${kind} ${name} of ${service}`);
  expect(unique(calls)).toEqual([...CALLS].sort());
  const consumers = declaredConsumers();
  const told = facts.filter((fact) => fact.traceId === traceId);
  const touched = [
    ...CALLS.map((call) => call.slice(call.lastIndexOf(' ') + 1)),
    ...told.flatMap(({ service, type }) => [service, ...(consumers.get(type) ?? [])]),
  ];
  expect(unique(trace.map(({ service }) => service))).toEqual(unique(touched));
  // What the customer's socket was told of the order was said in its trace.
  const heard = day.live.told.filter(({ data }) => data.orderId === day.ada.placed[0]).map(({ id }) => id);
  const said = ofKind(trace, 'CONSUMER').filter(({ service }) => service === 'websocket');
  expect(heard.length).toBeGreaterThan(3);
  expect(unique(said.map(messageOf))).toEqual(expect.arrayContaining(heard));
  // Each request by which somebody did something to the order later is a trace of its own, to which its effects are linked.
  const known = new Map(collector.spans.map((span) => [span.spanId, span]));
  const causes = trace.flatMap(({ links }) => links).map((id) => known.get(id)?.name);
  expect(unique(causes.map(String))).toEqual(
    expect.arrayContaining(['POST /orders/:id/deliver', 'POST /orders/:id/ship', 'POST /payments/process']),
  );
}

/** Each line of a log that names a span names one that was exported by its service; and there is such a line. */
export function expectLogs({ platform }: Day, { spans }: Collector): void {
  const known = new Set(spans.map(({ service, traceId, spanId }) => `${service} ${traceId} ${spanId}`));
  const lines = SERVICES.flatMap((service) => platform.system.logs(service).split('\n')).filter((line) =>
    line.includes('"trace_id"'),
  );
  const named = lines
    .map((line) => JSON.parse(line))
    .map(({ service, trace_id, span_id }) => `${service} ${trace_id} ${span_id}`);
  expect(named.length).toBeGreaterThan(0);
  expect(named.filter((each) => !known.has(each))).toEqual([]);
}
