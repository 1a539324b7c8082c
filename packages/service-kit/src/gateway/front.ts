import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Trace } from '@souk/tracing';
import type { Application, NextFunction, Request, Response } from 'express';
import { ipKeyGenerator } from 'express-rate-limit';
import { notFound } from '../errors.ts';
import { bearerOf, sameSecret } from '../http/request.ts';
import type { Runtime } from '../runtime.ts';
import type { TakeFrom } from './limits.ts';
import { createLimits } from './limits.ts';
import { allowOrigin, securityHeaders } from './security.ts';

const PREFIX = '/api';
const VERSIONED = /^\/api\/v1(?=\/)/;

/** A request from outside that was let in. */
export interface Visit<Limit extends string = string> {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Without `/api`, with the query. */
  readonly url: string;
  readonly clientIp: string;
  /** What a client's address is counted as: its network where addresses are plentiful (IPv6, /56). */
  readonly network: string;
  readonly bearer: string | undefined;
  readonly trace: Trace;
  /** Counts against a limit. Throws `rate_limited`. */
  count(limit: Limit, key: string): Promise<void>;
}

export interface FrontSettings<Limit extends string> {
  /** Origins whose pages may read answers; `*` for all. */
  origins: ReadonlySet<string>;
  /** Addresses and networks whose `X-Forwarded-*` are believed. */
  trustedProxies: readonly string[];
  /** Requests a minute for one key; `ip` is counted here. */
  limits: Readonly<Record<Limit | 'ip', number>>;
  /** Counts them. */
  takeFrom: TakeFrom;
  /** Answers whatever is under `/api` and no endpoint of the service's own. A throw is answered as its problem. */
  pass(visit: Visit<Limit>): Promise<void>;
}

/**
 * Makes a service the one that the world may speak to: security headers, CORS and a limit by address on all of `/api`. Outside it,
 * only the sidecar is answered, but for probes and scrapes (http/app.ts). The world's word on what sidecars vouch for is dropped.
 */
export function mountFront<Limit extends string>(app: Application, runtime: Runtime, settings: FrontSettings<Limit>): void {
  if (settings.trustedProxies.length > 0) app.set('trust proxy', [...settings.trustedProxies]);
  const own = new Set(runtime.service.endpoints.map(({ path }) => path));
  const secure = securityHeaders();
  const count = createLimits<Limit | 'ip'>(settings.limits, settings.takeFrom);
  app.use(async (request: Request, response: Response, next: NextFunction) => {
    if (!request.url.startsWith(`${PREFIX}/`)) {
      if (sameSecret(request.get('dapr-api-token'), runtime.environment.APP_API_TOKEN)) return next();
      throw notFound();
    }
    secure(request, response);
    response.setHeader('souk-version', '1');
    if (allowOrigin(settings.origins, request, response)) return;
    const clientIp = request.ip ?? '';
    const network = ipKeyGenerator(clientIp);
    await count('ip', network, { request, response });
    request.url = request.url.replace(VERSIONED, PREFIX);
    if (own.has(request.path)) {
      delete request.headers['dapr-caller-app-id'];
      request.headers['x-souk-client-ip'] = clientIp;
      return next();
    }
    await settings.pass({
      request,
      response,
      url: request.url.slice(PREFIX.length),
      clientIp,
      network,
      bearer: bearerOf(request.headers.authorization),
      trace: response.locals.trace as Trace,
      count: (limit, key) => count(limit, key, { request, response }),
    });
  });
}
