import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Trace } from '@souk/tracing';
import type { Request, Response } from 'express';
import { authorise, refuseSuspended } from '../access.ts';
import { processEnvironment } from '../config.ts';
import { createContext } from '../create-context.ts';
import type { Endpoint } from '../endpoint.ts';
import { Answer } from '../endpoint.ts';
import { internal, keyRequired, unavailable } from '../errors.ts';
import type { KeyedRequest, StoredAnswer } from '../idempotency.ts';
import { keepAnswer, keyedRequest, releaseKey, takeKey } from '../idempotency.ts';
import type { Runtime } from '../runtime.ts';
import type { Claims } from '../tokens.ts';
import type { Mark } from '../unit.ts';
import { bearerOf, keyOwner, readIfMatch, readInput, readKey } from './request.ts';

const isTest = processEnvironment().NODE_ENV === 'test';

interface Exchange {
  request: Request;
  response: Response;
}

/** Authenticates, authorises, validates, runs and answers: the one way through every endpoint. */
export async function answerEndpoint(runtime: Runtime, endpoint: Endpoint, exchange: Exchange): Promise<void> {
  const { request, response } = exchange;
  const caller = await authenticate(runtime, endpoint, request.get('authorization'));
  const app = request.get('dapr-caller-app-id');
  const scope = authorise(endpoint, { caller, app });
  if (caller && endpoint.method !== 'GET' && !runtime.revocations.isFresh)
    throw unavailable('Whether your session still stands is not known now');
  if (endpoint.method !== 'GET' && !endpoint.whileSuspended) refuseSuspended(scope, (id) => runtime.revocations.suspensionOf(id));
  const key = readKey(request.get('idempotency-key'));
  if (endpoint.idempotencyRequired && key === undefined) throw keyRequired();
  const input = readInput(endpoint, request);
  const clientIp = request.get('x-souk-client-ip');
  const keyed =
    key === undefined || endpoint.method === 'GET' || endpoint.ignoresKeys
      ? undefined
      : keyedRequest({
          ...{ caller: keyOwner(caller, app, clientIp), method: endpoint.method, path: request.originalUrl },
          ...{ key, body: request.body },
        });
  const context = createContext(runtime, {
    scope,
    trace: response.locals.trace as Trace,
    caller,
    app,
    ifMatch: readIfMatch(request.get('if-match')),
    clientIp,
    userAgent: request.get('user-agent'),
    ...(keyed && { nextMark: marksOf(keyed) }),
  });
  const run = async () => wireAnswer(endpoint, await endpoint.run(input, context));
  if (keyed) await answerOnce(runtime, keyed, { response, run });
  else await send(response, await run());
}

type WireAnswer = NonNullable<StoredAnswer['answer']>;

async function answerOnce(
  runtime: Runtime,
  keyed: KeyedRequest,
  work: { response: Response; run: () => Promise<WireAnswer> },
): Promise<void> {
  const earlier = await takeKey(runtime.database, keyed, runtime.now());
  if (earlier) {
    work.response.setHeader('idempotent-replayed', 'true');
    return send(work.response, earlier);
  }
  try {
    const answer = await work.run();
    // The effects and their memos are committed: if this write is lost, a repeat finds them and gives the same answer.
    await keepAnswer(runtime.database, keyed, answer).catch((error) =>
      runtime.log.warn({ err: error }, 'an answer was not kept for repeats'),
    );
    await send(work.response, answer);
  } catch (error) {
    // A refusal has no effect to repeat, and a fault is tried again from its memos: the key is free at once.
    await releaseKey(runtime.database, keyed).catch(() => undefined);
    throw error;
  }
}

async function authenticate(runtime: Runtime, endpoint: Endpoint, header: string | undefined): Promise<Claims | undefined> {
  const token = bearerOf(header);
  if (token === undefined || endpoint.access.kind === 'services') return undefined;
  if (endpoint.access.kind === 'roles') return runtime.tokens.verify(token);
  // On a public route an old token must not stand in the way of, say, a login.
  return runtime.tokens.verify(token).catch(() => undefined);
}

function marksOf({ key }: KeyedRequest): () => Mark {
  let count = 0;
  return () => {
    count += 1;
    return { memoKey: `${key}#${count}` };
  };
}

function wireAnswer(endpoint: Endpoint, result: unknown): WireAnswer {
  const answer = result instanceof Answer ? result : new Answer(endpoint.status === 204 ? 204 : 200, result);
  const { output } = endpoint.schemas;
  // In production an answer is sent as the action made it; tests hold every one to its schema.
  if (isTest && output && answer.output !== undefined && !(answer.output instanceof Readable)) {
    const parsed = output.safeParse(JSON.parse(JSON.stringify(answer.output)));
    if (!parsed.success)
      throw internal(`${endpoint.method} ${endpoint.path} answered something else than it declares: ${parsed.error.message}`);
  }
  return { status: answer.status, headers: answer.headers, body: answer.output };
}

async function send(response: Response, { status, headers, body }: WireAnswer): Promise<void> {
  response.status(status).set(headers);
  if (body === undefined) response.end();
  else if (body instanceof Readable) await pipeline(body, response);
  else {
    if (response.get('content-type') === undefined) response.type('application/json');
    response.send(Buffer.isBuffer(body) || typeof body === 'string' ? body : JSON.stringify(body));
  }
}
