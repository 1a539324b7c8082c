import { z } from 'zod';
import type { System } from '../../../scripts/system/index.ts';
import { findChartPrograms } from '../../../scripts/system/parts/kubernetes.ts';
import { objectsIn, render } from '../../deploy/rendering.ts';

/** The namespace that everything is said to be in, but for Dapr's own. */
const NAMESPACE = 'souk';

const relabeling = z.object({
  targetLabel: z.string(),
  replacement: z.string().optional(),
  sourceLabels: z.array(z.string()).optional(),
});
const endpoint = z.object({
  port: z.string(),
  path: z.string(),
  params: z.record(z.string(), z.array(z.string())).optional(),
  honorLabels: z.boolean().optional(),
  relabelings: z.array(relabeling),
});
const monitor = z.object({ endpoints: z.array(endpoint).optional(), podMetricsEndpoints: z.array(endpoint).optional() });
type Endpoint = z.infer<typeof endpoint>;

interface Target {
  port: number;
  labels: Record<string, string>;
}

/** What the chart has a Prometheus scrape, monitor by monitor. */
export async function readEndpoints(): Promise<Endpoint[]> {
  const { helm } = await findChartPrograms(() => undefined);
  const objects = objectsIn(await render(helm, 'souk', ['--set-json', 'monitoring.enabled=true']));
  const monitors = objects.filter(({ kind }) => kind === 'ServiceMonitor' || kind === 'PodMonitor');
  return monitors.flatMap(({ spec }) => {
    const { endpoints = [], podMetricsEndpoints = [] } = monitor.parse(spec);
    return [...endpoints, ...podMetricsEndpoints];
  });
}

/** The same for processes of this machine. */
export function scrapeConfigs(endpoints: readonly Endpoint[], system: System, sentryPort: number): object[] {
  const targets = targetsByJob(system, sentryPort);
  return endpoints.map((one, index) => scrapeConfig(one, { name: `endpoint-${index}`, targets: targets[jobOf(one)] ?? [] }));
}

const jobOf = ({ relabelings }: Endpoint): string =>
  relabelings.find(({ targetLabel }) => targetLabel === 'job')?.replacement ?? 'none';

/** As the operator writes it; static targets stand for those that it finds, with the labels that it finds them with. */
function scrapeConfig({ port, path, params, honorLabels, relabelings }: Endpoint, { name, targets }: ScrapeTerms): object {
  return {
    job_name: name,
    metrics_path: path,
    ...(params && { params }),
    honor_labels: honorLabels ?? false,
    static_configs: targets.map((target) => ({
      targets: [`127.0.0.1:${target.port}`],
      labels: { endpoint: port, ...target.labels },
    })),
    relabel_configs: relabelings.map(({ targetLabel, replacement, sourceLabels }) => ({
      target_label: targetLabel,
      ...(replacement !== undefined && { replacement }),
      ...(sourceLabels && { source_labels: sourceLabels }),
    })),
  };
}

interface ScrapeTerms {
  name: string;
  targets: readonly Target[];
}

function targetsByJob({ ports }: System, sentryPort: number): Record<string, Target[]> {
  const replicas = Object.entries(ports.services);
  return {
    'souk-services': replicas.map(([name, { app }]) => ({
      port: app,
      labels: { ...podOf(name), service: `souk-${name}`, __meta_kubernetes_service_label_app_kubernetes_io_name: name },
    })),
    'souk-sidecars': replicas.map(([name, { metrics }]) => ({
      port: metrics,
      labels: { ...podOf(name), __meta_kubernetes_pod_label_app_kubernetes_io_name: name },
    })),
    'souk-broker': [
      { port: ports.brokerMetrics, labels: { namespace: NAMESPACE, pod: 'platform-rabbitmq-0', service: 'platform-rabbitmq' } },
    ],
    'dapr-sentry': [{ port: sentryPort, labels: { namespace: 'dapr-system', pod: 'dapr-sentry-0' } }],
  };
}

const podOf = (name: string) => ({ namespace: NAMESPACE, pod: `souk-${name}-0` });
