import { defineResource, traceCall } from '@souk/service-kit';
import { Pool } from 'undici';
import { z } from 'zod';
import { config } from '../config.ts';
import type { Port, Reply } from './gateway.ts';

const CONNECTIONS = 32;

/** The connections to the sandbox gateway, one pool for the process. */
export const sandboxPool = defineResource<Pool>({
  name: 'sandbox gateway',
  start: (runtime) => new Pool(config.of(runtime)['sandbox-url'], { connections: CONNECTIONS }),
  stop: (pool) => pool.close(),
});

export interface SandboxCall<Value> {
  method: 'GET' | 'POST';
  path: string;
  body?: object;
  key?: string;
  answer: z.ZodType<Value>;
}

const refusal = z.object({ error: z.object({ code: z.string() }) });

/** One call. Whatever is not a clear yes or no (cut, late, a fault, an answer that cannot be read) is `unknown`. */
export async function callSandbox<Value>(port: Port, call: SandboxCall<Value>): Promise<Reply<Value>> {
  const { GATEWAY_TIMEOUT_MS: timeoutMs, 'sandbox-api-key': apiKey } = config.of(port);
  try {
    // Our traces are nothing that a gateway outside has to know of: the span ends here.
    const { status, body } = await traceCall({ service: 'sandbox', method: call.method }, async () => {
      const answer = await sandboxPool.of(port).request({
        method: call.method,
        path: call.path,
        headers: {
          authorization: `Bearer ${apiKey}`,
          ...(call.body && { 'content-type': 'application/json' }),
          ...(call.key !== undefined && { 'idempotency-key': call.key }),
        },
        body: call.body ? JSON.stringify(call.body) : null,
        signal: AbortSignal.timeout(timeoutMs),
      });
      return { status: answer.statusCode, body: await answer.body.json() };
    });
    return replyOf(port, call, { status, body });
  } catch (error) {
    port.log.warn({ err: error, path: call.path }, 'the sandbox gateway gave no answer');
    return { outcome: 'unknown' };
  }
}

function replyOf<Value>(port: Port, call: SandboxCall<Value>, { status, body }: { status: number; body: unknown }): Reply<Value> {
  if (status < 300) return { outcome: 'done', value: call.answer.parse(body) };
  const { data } = refusal.safeParse(body);
  const isOurFault = status === 401 || status === 429 || status >= 500;
  if (isOurFault || !data) {
    port.log.warn({ status, code: data?.error.code, path: call.path }, 'the sandbox gateway could not work');
    return { outcome: 'unknown' };
  }
  return { outcome: 'refused', code: data.error.code, why: status === 402 ? 'declined' : status === 422 ? 'input' : 'state' };
}
