import { setTimeout as sleep } from 'node:timers/promises';
import { useRecorder } from './span.ts';

export interface TracingOptions {
  service: string;
  /** Which replica of it this process is. */
  instance: string;
  /** Whether requests of the world come in here. */
  isDoor: boolean;
  env: Record<string, string | undefined>;
  /** Told of failed exports, at most once a minute. */
  warn(reason: string): void;
}

/** How long the end of a process waits for the collector to take its last spans. */
const LAST_EXPORT_MS = 3_000;
const nothing = async (): Promise<void> => undefined;

/**
 * Records this process's spans and exports them to OTEL_EXPORTER_OTLP_ENDPOINT by OTLP over HTTP, in the background and from a bounded
 * queue; does nothing without one. Gives what to await at the end.
 */
export async function startTracing(options: TracingOptions): Promise<() => Promise<void>> {
  if (!options.env.OTEL_EXPORTER_OTLP_ENDPOINT) return nothing;
  // What is not used takes no memory: the thirteen processes of a machine would load it thirteen times.
  const [{ openProvider }, { recordBy }] = await Promise.all([import('./provider.ts'), import('./recorder.ts')]);
  const { tracer, close } = openProvider(options);
  useRecorder(recordBy(tracer));
  return async () => {
    useRecorder(undefined);
    await Promise.race([close(), sleep(LAST_EXPORT_MS, undefined, { ref: false })]);
  };
}
