import { setTimeout as sleep } from 'node:timers/promises';
import type { Request, RequestHandler, Response } from 'express';
import type { z } from 'zod';
import type { Gateway } from './gateway.ts';
import { answerOnce } from './idempotency.ts';
import type { Answer } from './refusal.ts';
import { Refusal, refusalAnswer } from './refusal.ts';
import { sameSecret } from './signature.ts';
import { takeSwitch } from './switches.ts';

export interface CallContext {
  gateway: Gateway;
  apiKey: string;
  /** Called after each operation has been committed. */
  onCommit: () => void;
}

export interface Operation<Input> {
  body: z.ZodType<Input>;
  /** Checks a caller that has no bearer; without it the bearer is required. Throws a refusal. */
  clientCheck?: (id: string, input: Input) => void;
  /** Runs inside the transaction; `id` is that of the path, or empty. */
  run: (input: Input, id: string) => Answer;
}

/** Throws `invalid_api_key` when the bearer is missing or wrong. */
export function requireBearer(request: Request, apiKey: string): void {
  const given = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1];
  if (given === undefined || !sameSecret(given, apiKey)) throw new Refusal('invalid_api_key', 'The API key is missing or wrong.');
}

/** Parses what a caller sent; throws `invalid_request` with the path of each thing that is wrong. */
export function parseInput<Output>(schema: z.ZodType<Output>, given: unknown): Output {
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.slice(0, 10).map((issue) => `${issue.path.join('.') || 'request'}: ${issue.message}`);
  throw new Refusal('invalid_request', issues.join('; '));
}

export function pathId(request: Request): string {
  const { id } = request.params;
  return typeof id === 'string' ? id : '';
}

export function send(response: Response, { status, body }: Answer): void {
  if (status === 204) response.status(204).end();
  else response.status(status).json(body);
}

function idempotencyKey(request: Request): string | null {
  const key = request.get('idempotency-key');
  if (key === undefined) return null;
  if (key.length === 0 || key.length > 255) throw new Refusal('idempotency_key_invalid', 'A key has 1 to 255 characters.');
  return key;
}

/** Who speaks: 'server' with the bearer, else the client of one intent. */
function callerScope(context: CallContext, request: Request, check: (() => void) | undefined): string {
  if (check === undefined || request.headers.authorization !== undefined) {
    requireBearer(request, context.apiKey);
    return 'server';
  }
  check();
  return `client:${pathId(request)}`;
}

async function obeyDelay({ gateway }: CallContext): Promise<void> {
  if (gateway.switches.delayMs > 0) await sleep(gateway.switches.delayMs);
}

/** A read for the server; `delayMs` applies, the counted switches do not. */
export function read(context: CallContext, run: (request: Request) => Answer): RequestHandler {
  return async (request, response) => {
    requireBearer(request, context.apiKey);
    await obeyDelay(context);
    send(response, run(request));
  };
}

/** A call that changes the book: at most once per idempotency key, and answered only after it is on disk. */
export function mutation<Input>(context: CallContext, operation: Operation<Input>): RequestHandler {
  const { gateway } = context;
  return async (request, response) => {
    const id = pathId(request);
    const { clientCheck } = operation;
    const parse = () => parseInput(operation.body, request.body);
    const scope = callerScope(context, request, clientCheck && (() => clientCheck(id, parse())));
    const input = parse();
    const key = idempotencyKey(request);
    await obeyDelay(context);
    if (takeSwitch(gateway.switches, 'failNext')) return send(response, refusalAnswer('sandbox_failure', 'A planted failure.'));
    const call = { key, scope, method: request.method, path: request.path, input };
    const { isReplay, ...answer } = answerOnce(gateway, call, () => operation.run(input, id));
    context.onCommit();
    if (takeSwitch(gateway.switches, 'loseReplies')) return void request.socket.destroy();
    if (isReplay) response.set('Idempotent-Replayed', 'true');
    send(response, answer);
  };
}
