import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadServices } from '../../scripts/docs/services.ts';
import { root } from '../../scripts/system/places.ts';

/** The labels of a series by its name. */
export type Series = Map<string, readonly string[]>;

/** What a scrape's target gives each series (charts/souk/templates/monitoring.yaml). */
const OF_TARGET = ['job', 'namespace', 'service', 'pod', 'instance'];

/** What others expose: Prometheus itself, Node through prom-client 15, RabbitMQ 3.10 and later, daprd and Dapr's sentry 1.18. */
const FOREIGN: Record<string, readonly string[]> = {
  up: [],
  process_cpu_seconds_total: [],
  process_resident_memory_bytes: [],
  nodejs_eventloop_lag_p99_seconds: [],
  ALERTS: ['alertname', 'alertstate', 'severity'],
  rabbitmq_detailed_queue_messages_ready: ['vhost', 'queue'],
  rabbitmq_detailed_queue_messages_unacked: ['vhost', 'queue'],
  rabbitmq_detailed_queue_consumers: ['vhost', 'queue'],
  rabbitmq_global_messages_received_total: ['protocol'],
  rabbitmq_global_messages_delivered_total: ['protocol', 'queue_type'],
  rabbitmq_global_messages_unroutable_dropped_total: ['protocol'],
  rabbitmq_process_resident_memory_bytes: [],
  rabbitmq_resident_memory_limit_bytes: [],
  rabbitmq_disk_space_available_bytes: [],
  rabbitmq_alarms_memory_used_watermark: [],
  rabbitmq_alarms_free_disk_space_watermark: [],
  dapr_http_server_request_count: ['app_id', 'method', 'path', 'status'],
  dapr_runtime_service_invocation_res_recv_latency_ms_bucket: ['app_id', 'src_app_id', 'status', 'le'],
  dapr_resiliency_activations_total: ['app_id', 'flow_direction', 'name', 'policy', 'status', 'target'],
  dapr_component_pubsub_ingress_bulk_event_count: ['app_id', 'component', 'process_status', 'topic'],
  dapr_sentry_cert_sign_failure_total: ['reason'],
  dapr_sentry_issuercert_expiry_timestamp: [],
};

const ENDINGS: Record<string, readonly string[]> = { Histogram: ['_bucket', '_sum', '_count'], Counter: [''], Gauge: [''] };
const DECLARED = /new (Histogram|Counter|Gauge)\(\{\s*name: '(\w+)'([^}]*?)registers/g;

/** All series there are: what the kit declares for every service, what services read of their databases, and what others expose. */
export async function allSeries(): Promise<Series> {
  const kit = readFileSync(join(root, 'packages', 'service-kit', 'src', 'metrics.ts'), 'utf8');
  const declared = [...kit.matchAll(DECLARED)].flatMap(([, kind = '', name = '', rest = '']) => {
    const labels = [...(/labelNames: \[([^\]]*)\]/.exec(rest)?.[1] ?? '').matchAll(/'(\w+)'/g)].map(([, label = '']) => label);
    return (ENDINGS[kind] ?? []).map((ending) => [name + ending, ending === '_bucket' ? [...labels, 'le'] : labels] as const);
  });
  if (declared.length < 10) throw new Error("the kit's metrics are not declared as this reads them");
  const figures = (await loadServices()).flatMap(({ figures }) => figures.map(({ name, label }) => [name, [label]] as const));
  return new Map([...declared, ...figures, ...Object.entries(FOREIGN)]);
}

const WORDS = /^(?:and|or|unless|by|on|ignoring|without|bool|offset|inf|nan)$/i;

/** Each metric that an expression names, with the labels it asks for: identifiers that are no function, no keyword and no label. */
export function selectorsIn(expression: string): { metric: string; labels: string[] }[] {
  const bare = expression
    .replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g, '""')
    .replace(/\[[^\]]*\]/g, '')
    .replace(/\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g, '')
    .replace(/\boffset\s+\w+/g, '');
  return [...bare.matchAll(/(?<![\w:{,])([a-zA-Z_:][\w:]*)(?!\w|\s*\()\s*(?:\{([^}]*)\})?/g)]
    .map(([, metric = '', matchers = '']) => ({
      metric,
      labels: [...matchers.matchAll(/(\w+)\s*[=!]/g)].map(([, label = '']) => label),
    }))
    .filter(({ metric }) => !WORDS.test(metric));
}

/** What an expression asks for that nobody exposes. */
export function unknownIn(expression: string, series: Series): string[] {
  return selectorsIn(expression).flatMap(({ metric, labels }) => {
    const known = series.get(metric);
    if (known === undefined) return [metric];
    return labels.filter((label) => !known.includes(label) && !OF_TARGET.includes(label)).map((label) => `${metric}{${label}}`);
  });
}
