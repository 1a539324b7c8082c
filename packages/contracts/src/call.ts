import type { z } from 'zod';
import type { ServiceName } from './event.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** What one service asks of another: the callee's endpoint and the caller's client are both made from this. */
export interface CallContract<Params = unknown, Query = unknown, Body = unknown, Output = unknown> {
  readonly service: ServiceName;
  readonly method: Method;
  /** Express path, `/internal/orders/:id`. */
  readonly path: string;
  readonly summary: string;
  readonly params?: z.ZodType<Params>;
  readonly query?: z.ZodType<Query>;
  readonly body?: z.ZodType<Body>;
  readonly output: z.ZodType<Output>;
}

export function defineCall<Params = undefined, Query = undefined, Body = undefined, Output = undefined>(
  call: CallContract<Params, Query, Body, Output>,
): CallContract<Params, Query, Body, Output> {
  return call;
}
