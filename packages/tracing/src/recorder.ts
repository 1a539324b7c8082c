import type { SpanContext, Tracer } from '@opentelemetry/api';
import { ROOT_CONTEXT, SpanKind, trace } from '@opentelemetry/api';
import type { Recorder } from './span.ts';

/** Records by a tracer. Parents are traceparents, wherever their spans are: the context of this process's works is its own (trace.ts). */
export function recordBy(tracer: Tracer): Recorder {
  return (name, { kind, parent, attributes, follows }) => {
    const context = parent ? trace.setSpanContext(ROOT_CONTEXT, spanContextOf(parent)) : ROOT_CONTEXT;
    const links = follows ? [{ context: spanContextOf(follows) }] : [];
    return tracer.startSpan(name, { kind: SpanKind[kind], attributes, links }, context);
  };
}

function spanContextOf(traceparent: string): SpanContext {
  const [, traceId = '', spanId = '', flags = ''] = traceparent.split('-');
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true };
}
