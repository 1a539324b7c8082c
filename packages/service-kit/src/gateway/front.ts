import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { TLSSocket } from 'node:tls';
import type { Trace } from '@souk/tracing';
import { ipKeyGenerator } from 'express-rate-limit';
import proxyAddress from 'proxy-addr';
import { bearerOf } from '../http/request.ts';
import type { Runtime } from '../runtime.ts';
import type { TakeFrom } from './limits.ts';
import { createLimits } from './limits.ts';
import { allowOrigin, securityHeaders } from './security.ts';

const PREFIX = '/api';
const VERSIONED = /^\/api\/v1(?=\/)/;

/** A request under `/api` and its answer. */
export interface Knock {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly trace: Trace;
}

/** A request from outside that was let in. */
export interface Visit<Limit extends string = string> extends Knock {
  /** Without `/api`, with the query. */
  readonly url: string;
  readonly clientIp: string;
  /** What a client's address is counted as: its network where addresses are plentiful (IPv6, /56). */
  readonly network: string;
  readonly bearer: string | undefined;
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
  /** Called before one of the service's own endpoints answers: what it answers may be packed. */
  pack(request: IncomingMessage, response: ServerResponse): void;
  /** Answers whatever is under `/api` and no endpoint of the service's own. A throw is answered as its problem. */
  pass(visit: Visit<Limit>): Promise<void>;
}

/**
 * Makes a service the one that the world may speak to: security headers, CORS and a limit by address on all of `/api`. It stands before
 * Express, which only the service's `own` endpoints need. The world's word on what sidecars vouch for is dropped.
 */
export function openFront(
  runtime: Runtime,
  settings: FrontSettings<string>,
  own: RequestListener,
): (knock: Knock) => Promise<void> {
  const paths = new Set(runtime.service.endpoints.map(({ path }) => path));
  const secure = securityHeaders();
  const count = createLimits(settings.limits, settings.takeFrom);
  const clientOf = clientReader(settings.trustedProxies);
  return async ({ request, response, trace }) => {
    const { clientIp, network, isSecure } = clientOf(request);
    secure(response, isSecure);
    response.setHeader('souk-version', '1');
    if (allowOrigin(settings.origins, request, response)) return;
    await count('ip', network, response);
    const url = (request.url ?? '').replace(VERSIONED, PREFIX);
    const [path = ''] = url.split('?', 1);
    if (!paths.has(path)) {
      const visit = { request, response, trace, url: url.slice(PREFIX.length), clientIp, network };
      const bearer = bearerOf(request.headers.authorization);
      return settings.pass({ ...visit, bearer, count: (limit, key) => count(limit, key, response) });
    }
    delete request.headers['dapr-caller-app-id'];
    request.headers['x-souk-client-ip'] = clientIp;
    request.url = url;
    settings.pack(request, response);
    own(request, Object.assign(response, { locals: { trace } }));
  };
}

/** Who asks, of what network, and whether over TLS: as the connection says, or as the proxies say that are believed. */
export function clientReader(trustedProxies: readonly string[]) {
  const isTrusted = proxyAddress.compile([...trustedProxies]);
  return (request: IncomingMessage): Pick<Visit, 'clientIp' | 'network'> & { isSecure: boolean } => {
    const { remoteAddress = '', encrypted: isSecure = false } = request.socket as Partial<TLSSocket>;
    const of = (clientIp: string, isOverTls: boolean) => ({ clientIp, network: ipKeyGenerator(clientIp), isSecure: isOverTls });
    if (!isTrusted(remoteAddress, 0)) return of(remoteAddress, isSecure);
    const [protocol] = String(request.headers['x-forwarded-proto'] ?? '').split(',', 1);
    return of(proxyAddress(request, isTrusted), protocol ? protocol.trim() === 'https' : isSecure);
  };
}
