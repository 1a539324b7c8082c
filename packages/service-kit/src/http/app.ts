import { nameRequest, requestIdFrom, traceRequest, withTrace } from '@souk/tracing';
import type { Application, ErrorRequestHandler, NextFunction, Request, RequestHandler, Response } from 'express';
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
import type { Runtime } from '../runtime.ts';
import { answerEndpoint } from './answer.ts';
import { parserRefusal, sameSecret } from './request.ts';

/** A packed body is refused: the gateway, which looks into some, does not unpack. */
const READING = { limit: '1mb', inflate: false };
/** Answered without the sidecar's token: probes and scrapes. What stands before the gateway hands on `/api` and `/socket.io` only. */
const OPEN_PATHS = new Set(['/health', '/ready', '/metrics']);

/** The service's HTTP application, from its declarations. */
export function createApp(runtime: Runtime, endpoints: readonly Endpoint[], kitRoutes: (app: Application) => void): Application {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', 'simple');
  app.set('case sensitive routing', true);
  app.use(beginRequest(runtime));
  kitRoutes(app);
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
  app.use(mapErrors(runtime));
  return app;
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

function beginRequest(runtime: Runtime): RequestHandler {
  const { APP_API_TOKEN } = runtime.environment;
  const isDoor = runtime.service.mount !== undefined;
  return (request, response, next) => {
    const requestId = requestIdFrom(request.get('x-request-id'));
    const traceparent = traceRequest(request, response, isDoor && request.path.startsWith('/api/'));
    response.setHeader('x-request-id', requestId);
    response.locals.trace = { requestId, traceparent };
    withTrace({ requestId, traceparent }, () => {
      const isTrusted = OPEN_PATHS.has(request.path) || sameSecret(request.get('dapr-api-token'), APP_API_TOKEN);
      if (isTrusted || isDoor) next();
      else next(untrustedCaller());
    });
  };
}

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

function mapErrors(runtime: Runtime): ErrorRequestHandler {
  // biome-ignore lint/complexity/useMaxParams: Express tells an error handler by its four parameters.
  return (error: unknown, request, response, next) => {
    if (response.headersSent) return next(error);
    const known = refusalOf(runtime, error);
    if (!known) runtime.log.error({ err: error, method: request.method, path: request.path }, 'a request failed');
    const problem = known ?? internal();
    const { trace } = response.locals as { trace?: { requestId: string } };
    response
      .status(problem.status)
      .type('application/problem+json')
      .send(JSON.stringify(problemOf(problem, { instance: request.path, requestId: trace?.requestId ?? '' })));
  };
}

/** A unique index that two requests ran into at the same time is a conflict of theirs, not a fault of ours. */
function refusalOf(runtime: Runtime, error: unknown): DomainError | undefined {
  if (error instanceof DomainError) return error;
  return runtime.database.driver.isDuplicate(error) ? conflict() : parserRefusal(error);
}
