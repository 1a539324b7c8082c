import type { Attributes, Span } from '@opentelemetry/api';

export interface Beginning {
  kind: 'SERVER' | 'CLIENT' | 'PRODUCER' | 'CONSUMER';
  /** The traceparent of the span it belongs under; empty for one that begins a trace. */
  parent: string;
  attributes: Attributes;
  /** The traceparent of a span of another trace that it follows from. */
  follows?: string | undefined;
}

/** Begins a span, which is exported once it has ended, and not at all if it never does. */
export type Recorder = (name: string, beginning: Beginning) => Span;

/** Nothing of OpenTelemetry is loaded while nothing records: only its types stand here. */
let recorder: Recorder | undefined;

/** Says what records this process's spans; nothing does without one. */
export function useRecorder(next: Recorder | undefined): void {
  recorder = next;
}

/** Whether spans are recorded in this process. */
export const isTracing = (): boolean => recorder !== undefined;

/** Begins a span; undefined while spans are not recorded. */
export const startSpan = (name: string, beginning: Beginning): Span | undefined => recorder?.(name, beginning);

/** A span as its children and other services are told of it. */
export function traceparentOf(span: Span): string {
  const { traceId, spanId, traceFlags } = span.spanContext();
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;
}

/** Whether two traceparents are of one trace. */
export const isSameTrace = (a: string, b: string): boolean => a.slice(0, 35) === b.slice(0, 35);

/** As `SpanStatusCode.ERROR` of the API. */
const ERROR = 2;

/** Marks a span as failed. Messages of errors stay in the log: they may tell what no collector is to know. */
export function failSpan(span: Span, errorType: string): void {
  span.setAttribute('error.type', errorType);
  span.setStatus({ code: ERROR });
}

/** The code of a refusal, or what kind of error it is. */
export function errorTypeOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  return 'code' in error ? String(error.code) : error.name;
}
