import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Span } from '@opentelemetry/api';
import { errorTypeOf, failSpan, isTracing, startSpan, traceparentOf } from './span.ts';
import { currentTrace, traceparentFrom } from './trace.ts';

// Attributes have the names of OpenTelemetry's semantic conventions for HTTP.
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** The spans of requests that are not answered yet. */
const answering = new WeakMap<ServerResponse, Span>();

/**
 * The traceparent under which a request is worked on. While spans are recorded that is its own span's, which ends with the answer. Only
 * the door begins traces: what comes to another service without one is polling, of which there would be more than of anything else.
 */
export function traceRequest(request: IncomingMessage, response: ServerResponse, isDoor: boolean): string {
  const { traceparent } = request.headers;
  const parent = traceparentFrom(Array.isArray(traceparent) ? traceparent[0] : traceparent);
  if (!isTracing() || (!isDoor && parent === '')) return parent;
  const { method = '', url = '' } = request;
  const verb = METHODS.has(method) ? method : '_OTHER';
  const [path = ''] = url.split('?', 1);
  const attributes = { 'http.request.method': verb, 'url.path': path, 'url.scheme': 'http' };
  const span = startSpan(verb, { kind: 'SERVER', parent, attributes });
  if (!span) return parent;
  answering.set(response, span);
  response.once('close', () => endRequest(span, response));
  return traceparentOf(span);
}

function endRequest(span: Span, { headersSent, statusCode }: ServerResponse): void {
  if (headersSent) span.setAttribute('http.response.status_code', statusCode);
  // A refusal is the caller's fault, and so is hanging up before the answer.
  if (headersSent && statusCode >= 500) failSpan(span, String(statusCode));
  span.end();
}

/** Names a request's span once its route is known, with parameters as `:id` or, as OpenAPI has them, `{id}`. */
export function nameRequest(response: ServerResponse, method: string, route: string): void {
  if (!isTracing()) return;
  const span = answering.get(response);
  const path = route.replace(/\{(\w+)\}/g, ':$1');
  span?.updateName(`${method} ${path}`);
  span?.setAttribute('http.route', path);
}

export interface Callee {
  /** The service, or what is called outside. */
  service: string;
  method: string;
  /** With parameters by their names; absent where only the real path is known. */
  path?: string;
}

/** Runs `send` as a span of the current trace, if there is any. `send` is given the traceparent that is to go along. */
export async function traceCall<Answer extends { status: number }>(
  { service, method, path }: Callee,
  send: (traceparent: string | undefined) => Promise<Answer>,
): Promise<Answer> {
  const parent = currentTrace()?.traceparent || undefined;
  if (!isTracing() || parent === undefined) return send(parent);
  const attributes = {
    'http.request.method': method,
    'server.address': service,
    ...(path !== undefined && { 'url.template': path }),
  };
  const span = startSpan(path === undefined ? method : `${method} ${path}`, { kind: 'CLIENT', parent, attributes });
  try {
    const answer = await send(span ? traceparentOf(span) : parent);
    span?.setAttribute('http.response.status_code', answer.status);
    if (span && answer.status >= 400) failSpan(span, String(answer.status));
    return answer;
  } catch (error) {
    if (span) failSpan(span, errorTypeOf(error));
    throw error;
  } finally {
    span?.end();
  }
}
