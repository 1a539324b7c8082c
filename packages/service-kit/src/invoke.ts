import type { CallContract, ServiceName } from '@souk/contracts';
import { currentTrace, traceCall } from '@souk/tracing';
import { v7 as newId } from 'uuid';
import type { CallInput, Invoke } from './context.ts';
import { badGateway, DomainError, notFound, unavailable } from './errors.ts';
import type { Sidecar } from './sidecar.ts';

/** Calls between services through the sidecar, typed by the callee's contract. */
export function invokeThrough(sidecar: Pick<Sidecar, 'invoke'>, self: ServiceName): Invoke {
  return async (call, input) => {
    const requestId = currentTrace()?.requestId;
    const answer = await traceCall(call, (traceparent) =>
      sidecar.invoke(call.service, {
        method: call.method,
        path: pathOf(call, input),
        headers: {
          ...(input.body !== undefined && { 'content-type': 'application/json' }),
          // The sidecar may send a request twice: with a key the second one is known for what it is.
          ...(call.method !== 'GET' && { 'idempotency-key': input.key ?? newId() }),
          // A sidecar names the caller of every call but its own application's to itself.
          ...(call.service === self && { 'dapr-caller-app-id': self }),
          ...(requestId !== undefined && { 'x-request-id': requestId }),
          ...(traceparent !== undefined && { traceparent }),
        },
        ...(input.body !== undefined && { body: JSON.stringify(input.body) }),
        ...(input.timeoutMs !== undefined && { timeoutMs: input.timeoutMs }),
      }),
    );
    if (answer.status >= 400) throw refusalOf(call, answer.status, answer.body);
    const parsed = call.output.safeParse(parseJson(answer.body));
    if (!parsed.success) throw badGateway(`${call.service} answered ${call.path} with something else than its contract says`);
    return parsed.data;
  };
}

function pathOf(call: Pick<CallContract, 'path'>, input: CallInput<unknown, unknown, unknown>): string {
  const params: Record<string, unknown> = { ...(input.params as object | undefined) };
  const path = call.path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(String(params[name])));
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...(input.query as object | undefined) })) {
    if (value !== undefined) query.set(name, String(value));
  }
  return query.size > 0 ? `${path}?${query}` : path;
}

/** The callee's refusal as our own; a fault of the callee or its sidecar as 503. */
function refusalOf(call: { service: string; path: string }, status: number, body: Buffer): DomainError {
  const problem = parseProblem(body);
  if (status >= 500 || problem === undefined) {
    return status === 404 ? notFound() : unavailable(`${call.service} answered ${status}`);
  }
  const { code, title, detail } = problem;
  return new DomainError({ code, status, title }, detail);
}

function parseProblem(body: Buffer): { code: string; title: string; detail: string } | undefined {
  const problem = parseJson(body);
  if (problem === null || typeof problem !== 'object') return undefined;
  const { code, title, detail }: { code?: unknown; title?: unknown; detail?: unknown } = problem;
  return typeof code === 'string' ? { code, title: String(title), detail: String(detail ?? title) } : undefined;
}

/** What a body says; undefined when it is empty or no JSON. */
function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
}
