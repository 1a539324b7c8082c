import { AsyncLocalStorage } from 'node:async_hooks';
import { randomFillSync } from 'node:crypto';
import { isTracing } from './span.ts';

/** What every log line and every hop of a request carries. */
export interface Trace {
  requestId: string;
  /** W3C Trace Context: `00-<trace id>-<span id>-<flags>`; empty while a trace is to begin with its first span. */
  traceparent: string;
}

const storage = new AsyncLocalStorage<Trace | undefined>();
const TRACEPARENT = /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;
const NO_TRACE = `00-${'0'.repeat(32)}`;
const REQUEST_ID = /^[A-Za-z0-9._-]{1,128}$/;

/** Random bytes taken from the system in large pieces: a piece for each id costs more than routing the request does. */
const randomness = Buffer.alloc(4096);
let taken = randomness.length;

function randomHex(bytes: number): string {
  if (taken + bytes > randomness.length) {
    randomFillSync(randomness);
    taken = 0;
  }
  taken += bytes;
  return randomness.toString('hex', taken - bytes, taken);
}

/** The trace of the request or event being worked on, if any. */
export const currentTrace = (): Trace | undefined => storage.getStore();

/** Runs `work` so that everything it awaits knows `trace`. */
export const withTrace = <Result>(trace: Trace, work: () => Result): Result => storage.run(trace, work);

/** Runs `work` in nobody's trace: what goes on for many requests and events is none of theirs. */
export const withoutTrace = <Result>(work: () => Result): Result => storage.run(undefined, work);

/** What each log line says of the request or event it is about: an object of its own, since loggers add to it. */
export function traceFields(): object {
  const trace = storage.getStore();
  if (!trace?.traceparent) return { ...trace };
  const [, traceId, spanId] = trace.traceparent.split('-');
  return { ...trace, trace_id: traceId, span_id: spanId };
}

/** Keeps a well-formed traceparent of the caller's, or begins one. While spans are recorded, the first of them begins the trace. */
export function traceparentFrom(header: string | undefined): string {
  // A sidecar without a trace of its own passes one of zeros, which is none.
  if (header !== undefined && TRACEPARENT.test(header) && !header.startsWith(NO_TRACE)) return header;
  if (isTracing()) return '';
  return `00-${randomHex(16)}-${randomHex(8)}-01`;
}

/** Keeps the caller's request id when it is short and plain, or makes one. */
export function requestIdFrom(header: string | undefined): string {
  return header !== undefined && REQUEST_ID.test(header) ? header : randomHex(16);
}
