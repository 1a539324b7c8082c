import type { RequestListener } from 'node:http';
import { nameRequest, requestIdFrom, traceRequest, withTrace } from '@souk/tracing';
import type { Application, NextFunction, Request, RequestHandler, Response } from 'express';
import express from 'express';
import type { Endpoint } from '../endpoint.ts';
import {
  conflict,
  DomainError,
  internal,
  methodNotAllowed,
  notFound,
  problemOf,
  unsupportedMediaType,
  untrustedCaller,
} from '../errors.ts';
import type { Knock } from '../gateway/front.ts';
import { openFront } from '../gateway/front.ts';
import type { Runtime } from '../runtime.ts';
import { answerEndpoint } from './answer.ts';
import { parserRefusal, sameSecret } from './request.ts';

/** A packed body is refused: the gateway, which looks into some, does not unpack. */
const READING = { limit: '1mb', inflate: false };
/** Answered without the sidecar's token: probes and scrapes. What stands before the gateway hands on `/api` and `/socket.io` only. */
const OPEN_PATHS = new Set(['/health', '/ready', '/metrics']);

/** What answers the service's HTTP requests, from its declarations. */
export function createApp(runtime: Runtime, endpoints: readonly Endpoint[], routes: (app: Application) => void): RequestListener {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', 'simple');
  app.set('case sensitive routing', true);
  routes(app);
  for (const [path, here] of byPath(endpoints)) {
    for (const endpoint of here) app[verb(endpoint)](path, ...bodyParsers(endpoint), serve(runtime, endpoint));
    app.all(path, (_request, response) => {
      response.setHeader('allow', here.map(({ method }) => method).join(', '));
      throw methodNotAllowed();
    });
  }
  app.use(() => {
    throw notFound();
  });
  // biome-ignore lint/complexity/useMaxParams: Express tells an error handler by its four parameters.
  app.use((error: unknown, request: Request, response: Response, _next: NextFunction) => {
    answerProblem(runtime, error, { request, response });
  });
  return beginRequest(runtime, app);
}

type Verb = 'get' | 'post' | 'put' | 'patch' | 'delete';
const verb = ({ method }: Endpoint) => method.toLowerCase() as Verb;

/** Endpoints by path, those without parameters first, so that `/products/suggest` is not taken for an id. */
export function byPath(endpoints: readonly Endpoint[]): [string, Endpoint[]][] {
  const paths = new Map<string, Endpoint[]>();
  for (const endpoint of endpoints) paths.set(endpoint.path, [...(paths.get(endpoint.path) ?? []), endpoint]);
  const firstParameter = (path: string) => {
    const index = path.split('/').findIndex((part) => part.startsWith(':'));
    return index === -1 ? Number.MAX_SAFE_INTEGER : index;
  };
  return [...paths].sort(([a], [b]) => firstParameter(b) - firstParameter(a));
}

/** Begins every request: gives it its ids, and lets it in to what its sender may reach. Nothing is told of what stands behind a door. */
function beginRequest(runtime: Runtime, app: Application): RequestListener {
  const { service, environment } = runtime;
  const pass = service.door && openFront(runtime, service.door(runtime), app);
  return (request, response) => {
    const { url = '', headers } = request;
    const path = pathOf(url);
    const isVisit = pass !== undefined && path.startsWith('/api/');
    const requestId = requestIdFrom(String(headers['x-request-id'] ?? ''));
    const trace = { requestId, traceparent: traceRequest(request, response, isVisit) };
    response.setHeader('x-request-id', requestId);
    withTrace(trace, () => {
      const refuse = (error: unknown) => answerProblem(runtime, error, { request, response });
      if (isVisit) void pass({ request, response, trace }).catch(refuse);
      else if (OPEN_PATHS.has(path) || sameSecret(String(headers['dapr-api-token'] ?? ''), environment.APP_API_TOKEN))
        app(request, Object.assign(response, { locals: { trace } }));
      else refuse(pass ? notFound() : untrustedCaller());
    });
  };
}

const pathOf = (url: string): string => url.split('?', 1)[0] ?? '';

const isJson = (request: { headers: Record<string, string | string[] | undefined> }): boolean =>
  /^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i.test(String(request.headers['content-type'] ?? ''));

const parseJson = express.json({ ...READING, type: (request) => isJson(request) });
const parseRaw = express.raw({ ...READING, type: () => true });

/** Parsers of a route's body. A body in another type than JSON is refused where one is taken. */
export function bodyParsers(endpoint: Pick<Endpoint, 'rawBody' | 'method' | 'schemas'>): RequestHandler[] {
  if (endpoint.rawBody) return [parseRaw];
  if (endpoint.method === 'GET') return [];
  return [refuseOtherTypes, parseJson];
}

const readOther = express.raw({ ...READING, type: (request) => !isJson(request) });

/** A request without a body may say anything of its type: sidecars send even those in chunks. */
function refuseOtherTypes(request: Request, response: Response, next: NextFunction): void {
  readOther(request, response, (error?: unknown) => {
    if (error) return next(error);
    if (Buffer.isBuffer(request.body) && request.body.length > 0) return next(unsupportedMediaType());
    if (Buffer.isBuffer(request.body)) request.body = undefined;
    next();
  });
}

function serve(runtime: Runtime, endpoint: Endpoint): RequestHandler {
  return async (request, response) => {
    nameRequest(response, endpoint.method, endpoint.path);
    const end = runtime.metrics.requests.startTimer({ method: endpoint.method, route: endpoint.path });
    response.on('close', () => end({ status: String(response.statusCode) }));
    await answerEndpoint(runtime, endpoint, { request, response });
  };
}

/** Answers what was thrown as its problem; what is no refusal is logged. */
function answerProblem(runtime: Runtime, error: unknown, { request, response }: Omit<Knock, 'trace'>): void {
  const { method, url = '' } = request;
  const path = pathOf(url);
  const known = refusalOf(runtime, error);
  if (!known) runtime.log.error({ err: error, method, path }, 'a request failed');
  // Half an answer must not look like a whole one.
  if (response.headersSent) return void response.destroy();
  const problem = known ?? internal();
  const body = JSON.stringify(problemOf(problem, { instance: path, requestId: String(response.getHeader('x-request-id')) }));
  response.statusCode = problem.status;
  response.setHeader('content-type', 'application/problem+json; charset=utf-8');
  response.setHeader('content-length', Buffer.byteLength(body));
  response.end(body);
}

/** A unique index that two requests ran into at the same time is a conflict of theirs, not a fault of ours. */
function refusalOf(runtime: Runtime, error: unknown): DomainError | undefined {
  if (error instanceof DomainError) return error;
  return runtime.database.driver.isDuplicate(error) ? conflict() : parserRefusal(error);
}
