import type { ServerResponse } from 'node:http';
import type { Runtime, Visit } from '@souk/service-kit';
import {
  bodyTooLarge,
  DomainError,
  malformed,
  methodNotAllowed,
  nameRequest,
  notFound,
  unauthenticated,
} from '@souk/service-kit';
import { admitApiKey, isApiKey } from './api-keys.ts';
import { answerFound } from './catalogue/catalogue.answer.ts';
import { catalogueMemory } from './catalogue/catalogue.memory.ts';
import type { CatalogueRead } from './catalogue/catalogue.rules.ts';
import { readOf } from './catalogue/catalogue.rules.ts';
import { circuits } from './circuits.ts';
import { config } from './config.ts';
import { directory } from './directory.ts';
import { answerAsset, docsAssets } from './docs.ts';
import { serviceAway } from './errors.ts';
import type { RequestBody } from './proxy.ts';
import { bodyOf, carried, closeIfUnread, fetchWhole, MOST_BODY, proxy } from './proxy.ts';
import type { Lookup, Operation } from './routing.rules.ts';
import { accountIn, refuseUnreadable, SIGN_INS } from './sign-in.ts';
import { upstreams } from './upstreams.ts';

const SLOW_SECONDS = 1;
const MOST_SIGN_IN_BODY = 16 * 1024;
/** Of a catalogue's answer, to hold it for more than one client. Larger ones are streamed to each. */
const MOST_HELD = 1024 * 1024;
const RETRY_AFTER_SECONDS = 1;

/** Limits beside the one by address. */
export type Limit = 'user' | 'sign-in-ip' | 'sign-in-account';

/** The way of a request through the gateway: finds its service, checks the token, counts, hands it on. Throws what it is refused for. */
export function passageOf(runtime: Runtime): (visit: Visit<Limit>) => Promise<void> {
  const known = directory.of(runtime);
  const ways = upstreams.of(runtime);
  const breakers = circuits.of(runtime);
  const memory = catalogueMemory.of(runtime);
  const assets = docsAssets.of(runtime);
  const timeoutMs = config.of(runtime).UPSTREAM_TIMEOUT_MS;
  const remember = ({ service }: Operation, read: CatalogueRead, trail: readonly string[]) => {
    const headers = [...trail, ...(read.language === undefined ? [] : ['accept-language', carried(read.language)])];
    const asked = { path: read.url, headers, timeoutMs, most: MOST_HELD };
    return memory.find(read, () => breakers.through(service, () => fetchWhole(ways.of(service), asked)));
  };
  return async (visit) => {
    const { request, response, url, trace, clientIp } = visit;
    const [path = ''] = url.split('?', 1);
    try {
      if (answerAsset(assets, path, visit)) return;
      const operation = operationOf(known.find(request.method ?? '', path), response);
      watch(runtime, operation, visit);
      await admit(runtime, operation, visit);
      const trail = ['x-request-id', trace.requestId, 'traceparent', trace.traceparent];
      const read =
        operation.security === 'required' ? undefined : readOf({ method: operation.method, url, headers: request.headers });
      if (read && answerFound(await remember(operation, read, trail), request, response)) return;
      const body = await readBody(operation, visit);
      const headers = [...trail, 'x-souk-client-ip', clientIp];
      const upstream = ways.of(operation.service);
      await breakers.through(operation.service, (answered) =>
        proxy(request, response, { upstream, path: url, headers, body, timeoutMs, answered }),
      );
    } catch (error) {
      throw withHints(error, visit);
    }
  };
}

function operationOf(found: Lookup | { kind: 'away' }, response: ServerResponse): Operation {
  if (found.kind === 'route') return found.operation;
  if (found.kind === 'away') throw serviceAway();
  if (found.kind === 'nowhere') throw notFound();
  response.setHeader('allow', found.allow);
  throw methodNotAllowed();
}

/** Names the request's span, counts the request by service and status once it is answered, and says so when it was slow. */
function watch(runtime: Runtime, { service, method, path }: Operation, { response }: Visit<Limit>): void {
  nameRequest(response, method, path);
  const end = runtime.metrics.requests.startTimer({ method, route: service });
  response.once('close', () => {
    const seconds = end({ status: String(response.statusCode) });
    if (seconds > SLOW_SECONDS) runtime.log.warn({ to: service, method, path, seconds }, 'a request was slow');
  });
}

/** Throws 401 without a token or key that is needed or with one that is not valid, 429 when its owner asks too much. */
async function admit(runtime: Runtime, { security }: Operation, visit: Visit<Limit>): Promise<void> {
  if (security === 'none') {
    // A service would not know what it is.
    if (visit.bearer !== undefined && isApiKey(visit.bearer)) delete visit.request.headers.authorization;
    return;
  }
  if (visit.bearer !== undefined) {
    if (isApiKey(visit.bearer)) return admitApiKey(runtime, visit.bearer, visit);
    const { userId } = await runtime.tokens.verify(visit.bearer);
    await visit.count('user', userId);
  } else if (security === 'required') throw unauthenticated();
}

/** The body to hand on. Sign-ins are counted first: by address, and by the account that the body names. */
async function readBody({ method, path }: Operation, visit: Visit<Limit>): Promise<RequestBody> {
  if (!SIGN_INS.has(`${method} ${path}`)) return bodyOf(visit.request, MOST_BODY);
  await visit.count('sign-in-ip', visit.network);
  refuseUnreadable(visit.request.headers);
  const body = await bodyOf(visit.request, MOST_SIGN_IN_BODY);
  const account = Buffer.isBuffer(body) ? accountIn(body) : undefined;
  if (account !== undefined) await visit.count('sign-in-account', account);
  return body;
}

/** Tells the client, beside the problem, when to come again, and that the rest of its body is not waited for. */
function withHints(error: unknown, { request, response }: Visit<Limit>): unknown {
  // Nobody is left to answer: that is no fault of ours.
  if (response.destroyed) return malformed('The client went away');
  if (!(error instanceof DomainError) || response.headersSent) return error;
  if (error.status === 503) response.setHeader('retry-after', String(error.extra.retryAfterSeconds ?? RETRY_AFTER_SECONDS));
  if (error.code === bodyTooLarge.code) closeIfUnread(request, response);
  return error;
}
