import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import helmet from 'helmet';

const EXPOSED = 'ETag, Location, Idempotent-Replayed, RateLimit, RateLimit-Policy, Retry-After, Souk-Version, X-Request-Id';
const TAKEN = 'Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, X-Request-Id, Traceparent';
const METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE';
const PREFLIGHT_SECONDS = '7200';
const HSTS = 'strict-transport-security';

/**
 * Sets Helmet's headers. They are the same for every answer of an API, so Helmet is asked once and not at each request; HSTS is for
 * answers over TLS only.
 */
export function securityHeaders(): (response: ServerResponse, isSecure: boolean) => void {
  const asked = new ServerResponse(new IncomingMessage(new Socket()));
  const secure = helmet({
    contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
    // Pages of other origins may show media; which of them may read answers is for CORS to say.
    crossOriginResourcePolicy: { policy: 'cross-origin' },
  });
  secure(asked.req, asked, () => undefined);
  const headers = Object.entries(asked.getHeaders()).map(([name, value]) => [name, String(value)] as const);
  return (response, isSecure) => {
    for (const [name, value] of headers) if (name !== HSTS || isSecure) response.setHeader(name, value);
  };
}

/** Says which origins may read the answer. Gives true when the request was a preflight, which is answered then. */
export function allowOrigin(origins: ReadonlySet<string>, request: IncomingMessage, response: ServerResponse): boolean {
  if (origins.size === 0) return false;
  // Of answers to those who name none, too: a cache could give them to a page.
  response.appendHeader('vary', 'Origin');
  const origin = request.headers.origin;
  if (origin === undefined) return false;
  const isAllowed = origins.has('*') || origins.has(origin);
  if (isAllowed) {
    response.setHeader('access-control-allow-origin', origins.has('*') ? '*' : origin);
    response.setHeader('access-control-expose-headers', EXPOSED);
  }
  if (request.method !== 'OPTIONS' || request.headers['access-control-request-method'] === undefined) return false;
  if (isAllowed) {
    response.setHeader('access-control-allow-methods', METHODS);
    response.setHeader('access-control-allow-headers', TAKEN);
    response.setHeader('access-control-max-age', PREFLIGHT_SECONDS);
  }
  response.statusCode = 204;
  response.end();
  return true;
}
