import type { Tracer } from '@opentelemetry/api';
import { DiagLogLevel, diag } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { samplerFrom } from './sampler.ts';
import type { TracingOptions } from './start-tracing.ts';

const WARN_EVERY_MS = 60_000;
const MOST_TOLD = 300;

/** Makes what records and exports spans. Headers and certificates for the collector the exporter takes from the environment itself. */
export function openProvider({ service, instance, isDoor, env, warn }: TracingOptions): {
  tracer: Tracer;
  /** Exports what has ended. */
  close(): Promise<void>;
} {
  const endpoint = String(env.OTEL_EXPORTER_OTLP_ENDPOINT).replace(/\/+$/, '');
  const tell = atMostOncePer(WARN_EVERY_MS, (reason) => warn(messageIn(reason)));
  const silent = () => undefined;
  // The library's own log: it tells of exports that failed and of spans that found the queue full.
  diag.setLogger(
    { error: tell, warn: tell, info: silent, debug: silent, verbose: silent },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  );
  const own = { 'service.name': service, 'service.namespace': 'souk', 'service.instance.id': instance };
  const scheduledDelayMillis = Number(env.OTEL_BSP_SCHEDULE_DELAY ?? 5_000);
  const provider = new TracerProvider({
    resource: detectResources({ detectors: [envDetector] }).merge(resourceFromAttributes(own)),
    sampler: samplerFrom(env, isDoor),
    spanProcessors: [
      new BatchSpanProcessor({ exporter: new OTLPTraceExporter({ url: `${endpoint}/v1/traces` }), scheduledDelayMillis }),
    ],
  });
  return { tracer: provider.getTracer('@souk/tracing'), close: () => provider.shutdown().catch((error) => tell(String(error))) };
}

/** The library tells of an error as JSON, with all of its stack. */
const messageIn = (reason: string): string => (/"message":"([^"]*)"/.exec(reason)?.[1] ?? reason).slice(0, MOST_TOLD);

function atMostOncePer(everyMs: number, tell: (reason: string) => void): (reason: string) => void {
  let toldAtMs = Number.NEGATIVE_INFINITY;
  return (reason) => {
    if (performance.now() - toldAtMs < everyMs) return;
    toldAtMs = performance.now();
    tell(reason);
  };
}
