import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { badGateway, bodyTooLarge, DomainError, malformed, upstreamTimeout } from '@souk/service-kit';
import type { Dispatcher } from 'undici';
import type { Answered } from './catalogue/catalogue.rules.ts';
import { endWith, packBody } from './compression.ts';
import { serviceAway } from './errors.ts';
import type { Upstream } from './upstreams.ts';

/** Parts of imports and media will take more, on routes of their own. */
export const MOST_BODY = 1024 * 1024;
/** Bodies up to this size are taken whole first, so that a slow client holds no connection to a service. */
const MOST_BUFFERED = 64 * 1024;
const MOST_STRANGE = 4096;

const HOP_BY_HOP = [
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];
const NOT_PASSED_ON = new Set([
  ...HOP_BY_HOP,
  'host',
  'expect',
  'content-length',
  'forwarded',
  'x-real-ip',
  'x-request-id',
  'traceparent',
]);
const NOT_PASSED_BACK = new Set([...HOP_BY_HOP, 'date', 'server', 'x-powered-by', 'x-request-id']);
/** Sidecars carry values as UTF-8, and take other bytes for a service that does not answer: they go on as URLs write them. */
const NOT_CARRIED = /[^\t -~]/g;

/** A header's value in letters that a sidecar carries. */
export const carried = (value: string): string =>
  value.replace(NOT_CARRIED, (letter) => `%${letter.charCodeAt(0).toString(16).padStart(2, '0')}`);

/** Names that only sidecars and gateways may speak in. */
const INTERNAL = /^(?:dapr-|x-souk-|x-forwarded-)/;

export type RequestBody = Buffer | Readable | null;

export interface Passage {
  upstream: Upstream;
  /** Of the service, with the query. */
  path: string;
  /** Set by the gateway, as name, value, name, value. */
  headers: string[];
  body: RequestBody;
  timeoutMs: number;
  /** Called when the service has begun to answer. */
  answered(): void;
}

/** The body of a request: whole when small, counted while it streams when not. Throws `body_too_large`. */
export async function bodyOf(request: IncomingMessage, most: number): Promise<RequestBody> {
  const { 'content-length': length, 'transfer-encoding': encoding } = request.headers;
  if (encoding === undefined && (length === undefined || length === '0')) return null;
  if (Number(length ?? 0) > most) throw bodyTooLarge();
  const counted = countedBody(request, most);
  if (most > MOST_BUFFERED && !(Number(length) <= MOST_BUFFERED)) return Readable.from(counted, { objectMode: false });
  const chunks: Buffer[] = [];
  for await (const chunk of counted) chunks.push(chunk);
  return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
}

async function* countedBody(request: IncomingMessage, most: number): AsyncGenerator<Buffer> {
  let size = 0;
  // A service may answer before it has read all: the client's connection has to stay for that answer.
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    size += chunk.length;
    if (size > most) throw bodyTooLarge();
    yield chunk;
  }
}

/** Hands a request on and streams the answer back. Throws a 502, 503 or 504 problem while nothing of an answer has been sent. */
export function proxy(request: IncomingMessage, response: ServerResponse, passage: Passage): Promise<void> {
  const { upstream, body, timeoutMs, answered } = passage;
  return new Promise((resolve, reject) => {
    let running: Dispatcher.DispatchController | undefined;
    response.once('close', () => {
      // Settled first: what the abort makes of the request is not the service's failure.
      resolve();
      if (!response.writableFinished) running?.abort(new Error('the client went away'));
    });
    const fail = (problem: DomainError) => {
      if (response.headersSent) response.destroy();
      closeIfUnread(request, response);
      reject(problem);
    };
    let length: string | string[] | undefined;
    /** Collects an answer that no service of ours gave: the sidecar's own. */
    let strange: { status: number; text: string } | undefined;
    upstream.pool.dispatch(
      {
        method: request.method as Dispatcher.HttpMethod,
        path: upstream.prefix + passage.path,
        headers: requestHeaders(request, passage),
        body,
        headersTimeout: timeoutMs,
        bodyTimeout: timeoutMs,
      },
      {
        onRequestStart(controller) {
          running = controller;
          if (response.destroyed) controller.abort(new Error('the client went away'));
        },
        onResponseStart(_controller, status, headers) {
          if (status < 200) return;
          closeIfUnread(request, response);
          if (status >= 400 && !isProblem(headers)) strange = { status, text: '' };
          else {
            answered();
            length = headers['content-length'];
            sendHead(response, status, headers);
            packBody(request, response);
            // After it: what packs tells by itself when it takes more.
            response.on('drain', () => running?.resume());
          }
        },
        onResponseData(controller, chunk) {
          if (strange !== undefined) strange.text = (strange.text + chunk.toString('latin1')).slice(0, MOST_STRANGE);
          else if (chunk.length === Number(length)) endWith(response, chunk);
          else if (!response.write(chunk)) controller.pause();
        },
        onResponseEnd() {
          running = undefined;
          if (strange !== undefined) fail(refusalOnTheWay(strange.status, strange.text));
          else if (!response.writableEnded) response.end();
        },
        onResponseError(_controller, error) {
          fail(failureOf(error));
        },
      },
    );
  });
}

/** The rest of a body that nobody reads would stand before the client's next request. */
export function closeIfUnread(request: IncomingMessage, response: ServerResponse): void {
  if (!request.complete && !response.headersSent) response.setHeader('connection', 'close');
}

function requestHeaders({ headers }: IncomingMessage, { upstream, headers: own, body }: Passage): string[] {
  const named = namedByConnection(headers);
  // A sidecar names the caller itself, beside whatever stands there already; a service that is asked directly learns it from us.
  const caller = upstream.prefix === '' ? ['dapr-caller-app-id', 'gateway'] : [];
  const sent = ['dapr-api-token', upstream.token, ...caller, ...own];
  for (const name in headers) {
    const value = headers[name];
    if (value === undefined || NOT_PASSED_ON.has(name) || INTERNAL.test(name) || named?.includes(name)) continue;
    sent.push(name, carried(String(value)));
  }
  // The length of a buffer is found by the client; a stream without one goes on in chunks as it came.
  if (body !== null && !Buffer.isBuffer(body) && headers['content-length'] !== undefined)
    sent.push('content-length', headers['content-length']);
  return sent;
}

/** A client may make further headers hop-by-hop by naming them in Connection (RFC 9110, 7.6.1). */
function namedByConnection({ connection }: IncomingHttpHeaders): string[] | undefined {
  if (connection === undefined || connection === 'keep-alive' || connection === 'close') return undefined;
  return connection.toLowerCase().split(/\s*,\s*/);
}

function sendHead(response: ServerResponse, status: number, headers: IncomingHttpHeaders): void {
  response.statusCode = status;
  for (const [name, value] of Object.entries(headersBack(headers))) response.setHeader(name, value);
}

/** What of a service's headers a client is given. */
function headersBack(headers: IncomingHttpHeaders): Record<string, string | string[]> {
  const back: Record<string, string | string[]> = {};
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined && !NOT_PASSED_BACK.has(name) && !INTERNAL.test(name)) back[name] = value;
  }
  return back;
}

const isProblem = (headers: IncomingHttpHeaders): boolean =>
  String(headers['content-type'] ?? '').startsWith('application/problem+json');

/** GETs a whole answer of up to `most` bytes, which no client waits for alone; undefined when it is larger. Throws as `proxy` does. */
export async function fetchWhole(
  { pool, prefix, token }: Upstream,
  { path, headers, timeoutMs, most }: Pick<Passage, 'path' | 'headers' | 'timeoutMs'> & { most: number },
): Promise<Answered | undefined> {
  try {
    const answer = await pool.request({
      ...{ method: 'GET', path: prefix + path, headersTimeout: timeoutMs, bodyTimeout: timeoutMs },
      headers: ['dapr-api-token', token, ...(prefix === '' ? ['dapr-caller-app-id', 'gateway'] : []), ...headers],
    });
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of answer.body) {
      size += chunk.length;
      // To leave the loop ends the request.
      if (size > most) return undefined;
      chunks.push(chunk);
    }
    const body = Buffer.concat(chunks);
    if (answer.statusCode >= 400 && !isProblem(answer.headers))
      throw refusalOnTheWay(answer.statusCode, body.toString('latin1', 0, MOST_STRANGE));
    return { status: answer.statusCode, headers: headersBack(answer.headers), body };
  } catch (error) {
    throw error instanceof Error ? failureOf(error) : error;
  }
}

/** What a server answers to a request that it cannot read: its line, its headers or its body are not, or are too long. */
const UNREADABLE = new Set([400, 413, 414, 431]);

/**
 * What no service of ours said: that the service's sidecar is not found, its application is not healthy or took too long; or that the
 * request itself could not be read on its way, which is the client's own doing and must not count against the service.
 */
function refusalOnTheWay(status: number, text: string): DomainError {
  if (!text.includes('ERR_DIRECT_INVOKE')) return UNREADABLE.has(status) ? malformed() : badGateway();
  return /deadline|time(?:d )?out/i.test(text) ? upstreamTimeout() : serviceAway();
}

const NOT_REACHED = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT']);

function failureOf(error: Error): DomainError {
  if (error instanceof DomainError) return error;
  const code = 'code' in error ? String(error.code) : '';
  if (code === 'UND_ERR_INVALID_ARG') return malformed();
  if (code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT') return upstreamTimeout();
  return NOT_REACHED.has(code) ? serviceAway() : badGateway();
}
