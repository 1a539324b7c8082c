import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import type { Sampler } from '@opentelemetry/sdk-trace';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { recordBy } from '../src/recorder.ts';
import { useRecorder } from '../src/span.ts';

/** Records the spans of this process in memory. */
export function openRecording(sampler?: Sampler) {
  const exporter = new InMemorySpanExporter();
  const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })], ...(sampler && { sampler }) });
  useRecorder(recordBy(provider.getTracer('a test')));
  return {
    spans: () =>
      exporter.getFinishedSpans().map((span) => ({
        ...span.spanContext(),
        name: span.name,
        kind: SpanKind[span.kind],
        parentId: span.parentSpanContext?.spanId ?? '',
        attributes: span.attributes,
        links: span.links.map(({ context }) => context.spanId),
        isError: span.status.code === SpanStatusCode.ERROR,
      })),
    clear: () => exporter.reset(),
    close: () => useRecorder(undefined),
  };
}
