export { traceProcessing, tracePublished, traceRecorded } from './event.span.ts';
export { nameRequest, traceCall, traceRequest } from './http.span.ts';
export { startTracing } from './start-tracing.ts';
export {
  currentTrace,
  requestIdFrom,
  type Trace,
  traceFields,
  traceparentFrom,
  withoutTrace,
  withTrace,
} from './trace.ts';
