import { setTimeout as sleep } from 'node:timers/promises';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Context } from './context.ts';

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** The metrics every service has. Labels come from declarations only, so their number is bounded. */
export interface Metrics {
  registry: Registry;
  requests: Histogram<'method' | 'route' | 'status'>;
  eventLag: Histogram<'type'>;
  events: Counter<'type' | 'outcome'>;
  unpublished: Gauge;
  published: Counter<'outcome'>;
  swept: Counter<'producer'>;
  sweptUntil: Gauge<'producer'>;
}

/** One registry for a service in this process. */
export function createMetrics(service: string): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry });
  // They go up and down, so their names are wrong; nodejs_active_handles and its like tell the same by kind.
  for (const kind of ['resources', 'handles', 'requests']) registry.removeSingleMetric(`nodejs_active_${kind}_total`);
  const registers = [registry];
  return {
    registry,
    requests: new Histogram({
      name: 'souk_http_request_duration_seconds',
      help: 'Time to answer a request',
      labelNames: ['method', 'route', 'status'],
      buckets: SECONDS,
      registers,
    }),
    eventLag: new Histogram({
      name: 'souk_event_lag_seconds',
      help: 'From a fact to its effect here',
      labelNames: ['type'],
      buckets: [...SECONDS, 30, 60, 300],
      registers,
    }),
    events: new Counter({ name: 'souk_events_total', help: 'Deliveries worked off', labelNames: ['type', 'outcome'], registers }),
    unpublished: new Gauge({ name: 'souk_unpublished_events', help: 'Facts in the log without a position', registers }),
    published: new Counter({
      name: 'souk_published_events_total',
      help: 'Facts handed to the sidecar',
      labelNames: ['outcome'],
      registers,
    }),
    swept: new Counter({
      name: 'souk_swept_events_total',
      help: 'Facts that only the sweep brought',
      labelNames: ['producer'],
      registers,
    }),
    sweptUntil: new Gauge({
      name: 'souk_swept_until_timestamp_seconds',
      help: 'Time up to which all facts are known to be applied',
      labelNames: ['producer'],
      registers,
    }),
  };
}

/** A figure that a service reads from its database when it is scraped, by one label, of which there are few values. */
export interface Figure {
  readonly name: string;
  readonly help: string;
  readonly label: string;
  read(ctx: Context): Promise<Record<string, number>>;
}

const READ_TIMEOUT_MS = 2_000;

/** Adds `figures` to what a scrape gives. One that cannot be read in 2 s has no value then, and the others have theirs. */
export function addFigures(registry: Registry, figures: readonly Figure[], context: () => Context): void {
  for (const { name, help, label, read } of figures)
    new Gauge({
      name,
      help,
      labelNames: [label],
      registers: [registry],
      async collect() {
        const ctx = context();
        const late = sleep(READ_TIMEOUT_MS, undefined, { ref: false }).then(() => Promise.reject(new Error('it takes too long')));
        const values = await Promise.race([read(ctx), late]).catch((error) => {
          ctx.log.warn({ err: error, figure: name }, 'a figure could not be read');
          return {};
        });
        this.reset();
        for (const [key, value] of Object.entries(values)) this.set({ [label]: key }, value);
      },
    });
}
