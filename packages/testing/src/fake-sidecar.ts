import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CallContract, Envelope } from '@souk/contracts';
import { testJwks } from './tokens.ts';

export interface InvokedRequest {
  method: string;
  /** With the query. */
  path: string;
  headers: IncomingMessage['headers'];
  body: Buffer;
}

export interface InvokedAnswer {
  status: number;
  headers?: Record<string, string>;
  body?: string | Buffer;
}

interface CallRequest<Params, Query, Body> {
  params: Params;
  query: Query;
  body: Body;
}

type Handler = (request: InvokedRequest) => InvokedAnswer | Promise<InvokedAnswer>;

const MOST_BODY = 4 * 1024 * 1024;

/**
 * A stand-in for daprd's HTTP API as the kit uses it; tests/contract holds it to the real one. It keeps what is published, answers
 * invocations from stubs, limits bodies to 4 MiB, and guards state by ETags.
 */
export class FakeSidecar {
  readonly published: Envelope[] = [];
  readonly deadLetters: Record<string, unknown>[] = [];
  /** Publishing answers 500 while this is set. */
  isBrokerDown = false;
  readonly #server: Server;
  readonly #appId: string | undefined;
  readonly #token: string;
  readonly #secrets: Record<string, string>;
  readonly #calls: { service: string; method: string; pattern: RegExp; handler: Handler }[] = [];
  readonly #apps = new Map<string, Handler>();
  readonly #state = new Map<string, { value: unknown; etag: number }>();

  /** `appId`: whose sidecar it is; what it passes on names that caller, as the real one does. */
  constructor(options: { token: string; secrets: Record<string, string>; appId?: string }) {
    this.#appId = options.appId;
    this.#token = options.token;
    this.#secrets = options.secrets;
    // A caller that hangs up in the middle of its body gets no answer.
    this.#server = createServer((request, response) => void this.#serve(request, response).catch(() => response.destroy()));
    this.#answerAuth();
  }

  async start(): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return (this.#server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** Stubs one call of another service: its parsed input in, its output out. A DomainError-like throw is answered as its problem. */
  answer<Params, Query, Body, Output>(
    call: CallContract<Params, Query, Body, Output>,
    run: (input: CallRequest<Params, Query, Body>) => NoInfer<Output> | Promise<NoInfer<Output>>,
  ): void {
    const names = [...call.path.matchAll(/:(\w+)/g)].map((match) => match[1] ?? '');
    const pattern = new RegExp(`^${call.path.replace(/[.]/g, '\\.').replace(/:\w+/g, '([^/]+)')}$`);
    const handler: Handler = async (request) => {
      const url = new URL(request.path, 'http://sidecar');
      const values = pattern.exec(url.pathname)?.slice(1) ?? [];
      const params = Object.fromEntries(names.map((name, index) => [name, decodeURIComponent(values[index] ?? '')]));
      const body: unknown = request.body.length > 0 ? JSON.parse(request.body.toString()) : undefined;
      const input = {
        params: call.params?.parse(params),
        query: call.query?.parse(Object.fromEntries(url.searchParams)),
        body: call.body?.parse(body),
      } as CallRequest<Params, Query, Body>;
      try {
        return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(await run(input)) };
      } catch (error) {
        const {
          status = 500,
          code = 'internal_error',
          title = 'failed',
        } = error as { status?: number; code?: string; title?: string };
        return {
          status,
          headers: { 'content-type': 'application/problem+json' },
          body: JSON.stringify({ code, title, status, detail: String(error) }),
        };
      }
    };
    this.#calls.unshift({ service: call.service, method: call.method, pattern, handler });
  }

  /** Answers everything asked of an app, raw. */
  onInvoke(app: string, handler: Handler): void {
    this.#apps.set(app, handler);
  }

  #answerAuth(): void {
    const json = (body: unknown): InvokedAnswer => ({
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const keys = testJwks().map(({ kid, jwk }) => ({ ...jwk, kid }));
    const add = (path: RegExp, handler: Handler) => this.#calls.push({ service: 'auth', method: 'GET', pattern: path, handler });
    add(/^\/\.well-known\/jwks\.json$/, () => json({ keys }));
    add(/^\/auth\/revocations$/, () => json({ revocations: [], cursor: '0' }));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const answer = await this.#route(request, body).catch((error) => ({ status: 500, body: String(error) }));
    response.writeHead(answer.status, 'headers' in answer ? answer.headers : {});
    response.end('body' in answer ? answer.body : undefined);
  }

  async #route(request: IncomingMessage, body: Buffer): Promise<InvokedAnswer> {
    const path = request.url ?? '/';
    if (path.startsWith('/v1.0/healthz')) return { status: 204 };
    if (request.headers['dapr-api-token'] !== this.#token) return { status: 401, body: 'invalid api token' };
    if (path === '/v1.0/secrets/secrets/bulk')
      return ok(Object.fromEntries(Object.entries(this.#secrets).map(([name, value]) => [name, { [name]: value }])));
    if (path.startsWith('/v1.0/invoke/'))
      return this.#invoke({ method: request.method ?? 'GET', path, headers: request.headers, body });
    if (path.startsWith('/v1.0-alpha1/publish/bulk/')) return this.#publish(path, body);
    if (path.startsWith('/v1.0/state/')) return this.#stateStore(request.method ?? 'GET', path, body);
    return { status: 404 };
  }

  async #invoke(request: InvokedRequest): Promise<InvokedAnswer> {
    const [, app = '', path = '/'] = /^\/v1\.0\/invoke\/([^/]+)\/method(\/.*)$/.exec(request.path) ?? [];
    // A call of an application to itself stays inside its sidecar, which then names nobody.
    const said = [this.#appId, request.headers['dapr-caller-app-id']].filter((name) => name !== undefined).join(', ');
    const names = app !== this.#appId && { 'dapr-caller-app-id': said, 'dapr-callee-app-id': app };
    const inner = { ...request, path, headers: { ...request.headers, ...names } };
    if (request.body.length > MOST_BODY) return notInvoked(`failed to invoke, id: ${app}, err: stream too large`);
    if (!isCarried(request)) return notInvoked(`failed to invoke, id: ${app}, err: string field contains invalid UTF-8`);
    const raw = this.#apps.get(app);
    if (raw) return raw(inner);
    const { pathname } = new URL(path, 'http://sidecar');
    const call = this.#calls.find(
      ({ service, method, pattern }) => service === app && method === request.method && pattern.test(pathname),
    );
    if (call) return call.handler(inner);
    return notInvoked(`failed to invoke, id: ${app}, ${request.method} ${pathname} is not stubbed`);
  }

  #publish(path: string, body: Buffer): InvokedAnswer {
    if (body.length > MOST_BODY) return failed(400, { errorCode: 'ERR_PUBSUB_EVENTS_SER', message: 'stream too large' });
    const entries: { entryId: string; event: Envelope & Record<string, unknown> }[] = JSON.parse(body.toString());
    if (this.isBrokerDown) {
      const failedEntries = entries.map(({ entryId }) => ({ entryId, error: 'the broker does not answer' }));
      return failed(500, { failedEntries, errorCode: 'ERR_PUBSUB_PUBLISH_MESSAGE' });
    }
    const isDead = path.includes('/dead_letters');
    for (const { event } of entries) (isDead ? this.deadLetters : this.published).push(event);
    return { status: 204 };
  }

  #stateStore(method: string, path: string, body: Buffer): InvokedAnswer {
    const { pathname } = new URL(path, 'http://sidecar');
    const key = decodeURIComponent(pathname.split('/')[4] ?? '');
    if (method === 'GET') {
      const found = this.#state.get(key);
      return found
        ? { ...ok(found.value), headers: { 'content-type': 'application/json', etag: String(found.etag) } }
        : { status: 204 };
    }
    if (method === 'DELETE') {
      this.#state.delete(key);
      return { status: 204 };
    }
    const items: { key: string; value: unknown; etag?: string }[] = JSON.parse(body.toString());
    for (const item of items) {
      const found = this.#state.get(item.key);
      if ((item.etag ?? '') !== (found ? String(found.etag) : '')) return failed(409, { errorCode: 'ERR_STATE_SAVE' });
      this.#state.set(item.key, { value: item.value, etag: (found?.etag ?? 0) + 1 });
    }
    return { status: 204 };
  }
}

const ok = (body: unknown): InvokedAnswer => ({
  status: 200,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

const failed = (status: number, body: object): InvokedAnswer => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

/** Sidecars speak to each other in messages whose texts are UTF-8, and the callee's makes an address of the path. */
function isCarried({ path, headers }: InvokedRequest): boolean {
  const [route = ''] = path.split('?', 1);
  const isText = Object.values(headers).every((value) => /^[\t -~]*$/.test(String(value)));
  return isText && !/%(?:[01][\da-f]|7f)/i.test(route) && isUtf8Escaped(route);
}

function isUtf8Escaped(route: string): boolean {
  try {
    return decodeURIComponent(route) !== '';
  } catch {
    return false;
  }
}

const notInvoked = (message: string): InvokedAnswer => failed(500, { errorCode: 'ERR_DIRECT_INVOKE', message });
