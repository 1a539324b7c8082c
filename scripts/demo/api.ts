import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer } from '@souk/testing';
import { Pool } from 'undici';

export interface ApiRequest {
  token?: string | undefined;
  body?: unknown;
  /** Idempotency-Key; a fresh one for writes when absent. */
  key?: string;
  headers?: Record<string, string>;
}

export interface ApiAnswer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: Answer;
}

/** What is to be made, the code of the refusal that says it is there, and by what it is known then. */
export interface Making {
  token: string;
  body: unknown;
  taken: string;
  isIt: (one: Answer) => boolean;
}

/** An answer that was not the one the caller needs. */
export class ApiRefusal extends Error {
  readonly answer: ApiAnswer;

  constructor(what: string, answer: ApiAnswer) {
    super(`${what}: ${answer.status} ${JSON.stringify(answer.body).slice(0, 500)}`);
    this.answer = answer;
  }
}

const MOST_TRIES = 60;

/** What stands for an answer when none came: whoever looks at it sees a status that no server gives. */
export const unreached = (error: unknown): ApiAnswer => ({
  status: 599,
  headers: {},
  body: JSON.parse(JSON.stringify({ detail: String(error) })),
});

/** The public REST API, through the gateway, as any client has it. */
export class Api {
  readonly #pool: Pool;

  constructor(gatewayUrl: string, connections = 64) {
    this.#pool = new Pool(gatewayUrl, { connections, headersTimeout: 30_000, bodyTimeout: 30_000 });
  }

  /** One request; answers of any status are given back. */
  async request(method: string, path: string, { token, body, key, headers = {} }: ApiRequest = {}): Promise<ApiAnswer> {
    const answer = await this.#pool.request({
      method: method as 'GET',
      path: `/api${path}`,
      headers: {
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(method !== 'GET' && { 'idempotency-key': key ?? randomUUID() }),
        ...headers,
      },
      body: body === undefined ? null : JSON.stringify(body),
    });
    const text = await answer.body.text();
    const isJson = String(answer.headers['content-type'] ?? '').includes('json');
    return { status: answer.statusCode, headers: answer.headers, body: isJson && text.length > 0 ? JSON.parse(text) : text };
  }

  /** The body of a 2xx answer. Throws ApiRefusal for any other. */
  async ask(method: string, path: string, request: ApiRequest = {}): Promise<ApiAnswer['body']> {
    const answer = await this.request(method, path, request);
    if (answer.status >= 300) throw new ApiRefusal(`${method} ${path}`, answer);
    return answer.body;
  }

  /** Like `ask`, but again under the same key while the platform is busy, away, or has not heard yet of what another service made. */
  async insist(
    method: string,
    path: string,
    request: ApiRequest & { until?: (status: number, body: Answer) => boolean } = {},
  ): Promise<ApiAnswer['body']> {
    const { until = (status) => status < 300, ...rest } = request;
    const once = { key: randomUUID(), ...rest };
    for (let tries = 1; ; tries += 1) {
      const answer = await this.request(method, path, once).catch(unreached);
      if (until(answer.status, answer.body)) return answer.body;
      const isFinal = answer.status < 500 && ![404, 409, 422, 429].includes(answer.status);
      if (isFinal || tries >= MOST_TRIES) throw new ApiRefusal(`${method} ${path}`, answer);
      await sleep(Math.min(100 * tries, 1_000));
    }
  }

  /** The first of a list that `isIt` accepts, however long the list is. */
  async find(path: string, token: string, isIt: (one: Answer) => boolean): Promise<Answer | undefined> {
    const query = path.includes('?') ? '&' : '?';
    for (let cursor = ''; ; ) {
      const page = await this.insist('GET', `${path}${query}limit=100${cursor && `&cursor=${encodeURIComponent(cursor)}`}`, {
        token,
      });
      const found = page.data.find(isIt);
      if (found !== undefined || !page.nextCursor) return found;
      cursor = page.nextCursor;
    }
  }

  /** Makes what `body` says; where the platform answers that it is `taken`, gives what has it already, as `find` does. */
  async makeOrFind(path: string, { token, body, taken, isIt }: Making): Promise<Answer> {
    const made = await this.insist('POST', path, { token, body, until: (status, { code }) => status < 300 || code === taken });
    const found = made.code === taken ? await this.find(path, token, isIt) : made;
    if (found === undefined) throw new Error(`POST ${path}: ${taken}, but nobody has it`);
    return found;
  }

  async close(): Promise<void> {
    await this.#pool.close();
  }
}
