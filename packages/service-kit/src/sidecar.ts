import type { Envelope } from '@souk/contracts';
import { Pool } from 'undici';
import { conflict, DomainError, unavailable, upstreamTimeout } from './errors.ts';

export interface SidecarOptions {
  port: number;
  host?: string;
  /** DAPR_API_TOKEN: what the sidecar asks of its application. */
  token: string;
  timeoutMs: number;
  /** Its application's own name and port. */
  own?: { app: string; port: number; token: string };
}

export interface SidecarAnswer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
}

export interface SidecarRequest {
  method: string;
  /** With the query. */
  path: string;
  headers?: Record<string, string>;
  body?: Buffer | string;
  timeoutMs?: number;
}

/** A value of the state store with the ETag that guards its next write. */
export interface StateValue {
  value: unknown;
  etag: string | undefined;
}

/** A publish that the sidecar refused or did not answer. */
export class PublishFailed extends Error {}

/** Somebody else wrote the key since it was read. */
export class StateConflict extends Error {}

const STATE_STORE = 'statestore';
const SECRET_STORE = 'secrets';
/** Sidecars take bodies of 4 MiB; what a publish repeats after a failure is often more. */
const MOST_PUBLISHED_BYTES = 2 * 1024 * 1024;

/** The HTTP API of this process's Dapr sidecar: one pool of connections for invocation, publishing, state and secrets. */
export class Sidecar {
  readonly pool: Pool;
  readonly #token: string;
  readonly #timeoutMs: number;
  readonly #own: { app: string; door: Sidecar } | undefined;

  constructor(options: SidecarOptions) {
    this.#token = options.token;
    this.#timeoutMs = options.timeoutMs;
    this.#own = options.own && { app: options.own.app, door: new Sidecar({ ...options.own, timeoutMs: options.timeoutMs }) };
    this.pool = new Pool(`http://${options.host ?? '127.0.0.1'}:${options.port}`, {
      connections: 64,
      pipelining: 1,
      keepAliveTimeout: 30_000,
    });
  }

  /** One request to the sidecar. Throws `unavailable` or `upstream_timeout` when it gives no answer. */
  async request({ method, path, headers = {}, body, timeoutMs = this.#timeoutMs }: SidecarRequest): Promise<SidecarAnswer> {
    try {
      const answer = await this.pool.request({
        method,
        path,
        headers: { 'dapr-api-token': this.#token, ...headers },
        body: body ?? null,
        headersTimeout: timeoutMs,
        bodyTimeout: timeoutMs,
      });
      return { status: answer.statusCode, headers: answer.headers, body: Buffer.from(await answer.body.arrayBuffer()) };
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : '';
      if (code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT') throw upstreamTimeout();
      throw unavailable(`The sidecar does not answer: ${code}`);
    }
  }

  /**
   * Asks `app` for `path` through both sidecars, and the own application directly: a pod that is not ready yet is found by nobody, not
   * even by itself. Answers of any status are given back.
   */
  invoke(app: string, request: SidecarRequest): Promise<SidecarAnswer> {
    if (app === this.#own?.app) return this.#own.door.request(request);
    return this.request({ ...request, path: `/v1.0/invoke/${app}/method${request.path}` });
  }

  /**
   * Publishes envelopes to a topic, in requests that the sidecar takes, each under its type as routing key. Raw, because the sidecar
   * would otherwise overwrite the envelope's traceparent with its own. Throws PublishFailed; the first ones may have gone out then.
   */
  async publish(component: string, topic: string, envelopes: readonly Envelope[]): Promise<void> {
    for (const body of bodiesOf(envelopes)) {
      const answer = await this.request({
        method: 'POST',
        path: `/v1.0-alpha1/publish/bulk/${component}/${topic}?metadata.rawPayload=true`,
        headers: { 'content-type': 'application/json' },
        body,
      });
      if (answer.status >= 300) throw new PublishFailed(`${answer.status} ${answer.body.toString().slice(0, 300)}`);
    }
  }

  /** All values of the secret store that this app may read, flat. */
  async secrets(): Promise<Record<string, string>> {
    const answer = await this.request({ method: 'GET', path: `/v1.0/secrets/${SECRET_STORE}/bulk` });
    if (answer.status !== 200) throw unavailable(`The secret store answered ${answer.status}`);
    const found: Record<string, Record<string, string>> = JSON.parse(answer.body.toString());
    return Object.fromEntries(
      Object.entries(found).map(([name, values]) => [name, values[name] ?? Object.values(values)[0] ?? '']),
    );
  }

  /** Whether the sidecar can reach what it needs outside: it answers before the app listens. */
  async isReady(): Promise<boolean> {
    try {
      return (await this.request({ method: 'GET', path: '/v1.0/healthz/outbound', timeoutMs: 1_000 })).status === 204;
    } catch {
      return false;
    }
  }

  async getState(key: string): Promise<StateValue> {
    const answer = await this.request({
      method: 'GET',
      path: `/v1.0/state/${STATE_STORE}/${encodeURIComponent(key)}?consistency=strong`,
    });
    if (answer.status === 204) return { value: undefined, etag: undefined };
    if (answer.status !== 200) throw unavailable(`The state store answered ${answer.status}`);
    const { etag } = answer.headers;
    return { value: JSON.parse(answer.body.toString()), etag: etag === undefined ? undefined : String(etag) };
  }

  /** Writes a key if nobody has since `etag`; without one, if it is not there. Throws StateConflict. */
  async setState(key: string, value: unknown, etag: string | undefined): Promise<void> {
    const answer = await this.request({
      method: 'POST',
      path: `/v1.0/state/${STATE_STORE}`,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify([
        { key, value, ...(etag !== undefined && { etag }), options: { concurrency: 'first-write', consistency: 'strong' } },
      ]),
    });
    if (answer.status === 409) throw new StateConflict(key);
    if (answer.status >= 300) throw unavailable(`The state store answered ${answer.status}`);
  }

  async deleteState(key: string): Promise<void> {
    const answer = await this.request({ method: 'DELETE', path: `/v1.0/state/${STATE_STORE}/${encodeURIComponent(key)}` });
    if (answer.status >= 300 && !(answer.status === 404)) throw unavailable(`The state store answered ${answer.status}`);
  }

  async close(): Promise<void> {
    await Promise.all([this.pool.close(), this.#own?.door.close()]);
  }
}

/** The bodies of bulk publishes, in sequence, none larger than it must be. */
function bodiesOf(envelopes: readonly Envelope[]): string[] {
  const bodies: string[][] = [];
  let room = 0;
  for (const event of envelopes) {
    const metadata = { routingKey: event.type };
    const entry = JSON.stringify({ entryId: event.id, event, contentType: 'application/cloudevents+json', metadata });
    const bytes = Buffer.byteLength(entry) + 1;
    const current = bytes <= room ? bodies.at(-1) : undefined;
    if (current) current.push(entry);
    else bodies.push([entry]);
    room = (current ? room : MOST_PUBLISHED_BYTES) - bytes;
  }
  return bodies.map((entries) => `[${entries.join(',')}]`);
}

/** Whether an error is a refusal by the domain, rather than a fault that may pass. */
export function isRefusal(error: unknown): error is DomainError {
  return error instanceof DomainError && error.status < 500 && error.status !== 429 && error.code !== conflict.code;
}
