import type { CallContract, Method } from '@souk/contracts';
import type { z } from 'zod';
import type { Access } from './access.ts';
import type { Context } from './context.ts';
import type { ErrorDefinition } from './errors.ts';

/** What `run` is given: each part parsed by its schema; `undefined` where none is declared. */
export interface Input<Params, Query, Body, Headers = unknown> {
  params: Params;
  query: Query;
  body: Body;
  headers: Headers;
}

/** An answer that is not a plain 200: made by `created`, `accepted`, `noContent`, `versioned`, `stream`. */
export class Answer<Output> {
  readonly status: number;
  readonly output: Output | undefined;
  readonly headers: Record<string, string>;

  constructor(status: number, output: Output | undefined, headers: Record<string, string> = {}) {
    this.status = status;
    this.output = output;
    this.headers = headers;
  }
}

/** 201 with the `Location` of what was made, as clients of the gateway see it. */
export const created = <Output>(output: Output, location: string) => new Answer(201, output, { location: `/api${location}` });
/** 202 with the `Location` that tells how it goes on. */
export const accepted = <Output>(output: Output, location: string) => new Answer(202, output, { location: `/api${location}` });
export const noContent = () => new Answer<never>(204, undefined);
/** 200 with the ETag of a document's version. */
export const versioned = <Output>(output: Output, version: number) => new Answer(200, output, { etag: etagOf(version) });

export const etagOf = (version: number): string => `"v${version}"`;

export interface EndpointDeclaration<Params, Query, Body, Headers, Output> {
  method: Method;
  /** Express path. */
  path: string;
  /** One line of the reference. */
  summary: string;
  access: Access;
  params?: z.ZodType<Params>;
  query?: z.ZodType<Query>;
  body?: z.ZodType<Body>;
  headers?: z.ZodType<Headers>;
  /** Hands `run` the body's bytes as a Buffer, unparsed: for signatures. */
  rawBody?: boolean;
  output?: z.ZodType<Output>;
  /** Status of the answer when all is well, for the reference. */
  status?: 200 | 201 | 202 | 204;
  /** `required` on what moves money or stock; POSTs take a key anyway. `none` where secrets pass, which an answer kept for repeats would hold. */
  idempotency?: 'required' | 'none';
  /** Open to the people of a suspended company too: what pays its debts, and a POST that only reads. */
  whileSuspended?: boolean;
  /** Refusals of its own that the reference names. */
  errors?: readonly ErrorDefinition[];
  run(input: Input<Params, Query, Body, Headers>, ctx: Context): Promise<Output | Answer<Output>>;
}

/** An endpoint whose types are settled: what the router, the reference and the tests work with. */
export interface Endpoint {
  readonly method: Method;
  readonly path: string;
  readonly summary: string;
  readonly access: Access;
  readonly schemas: { params?: z.ZodType; query?: z.ZodType; body?: z.ZodType; headers?: z.ZodType; output?: z.ZodType };
  readonly rawBody: boolean;
  readonly status: number;
  readonly idempotencyRequired: boolean;
  readonly whileSuspended?: boolean;
  /** Undefined means that a key is taken. */
  readonly ignoresKeys?: boolean;
  readonly errors: readonly ErrorDefinition[];
  run(input: Input<unknown, unknown, unknown>, ctx: Context): Promise<unknown>;
}

/** Declares an endpoint. Router, validation, OpenAPI, the role matrix and `docs/map.md` derive from it. */
export function endpoint<Params = undefined, Query = undefined, Body = undefined, Headers = undefined, Output = undefined>(
  declaration: EndpointDeclaration<Params, Query, Body, Headers, Output>,
): Endpoint {
  const { params, query, body, headers, output, idempotency, ...rest } = declaration;
  return {
    ...rest,
    schemas: {
      ...(params && { params }),
      ...(query && { query }),
      ...(body && { body }),
      ...(headers && { headers }),
      ...(output && { output }),
    },
    rawBody: declaration.rawBody ?? false,
    status: declaration.status ?? (declaration.method === 'POST' ? 201 : 200),
    idempotencyRequired: idempotency === 'required',
    ignoresKeys: idempotency === 'none',
    whileSuspended: declaration.whileSuspended ?? false,
    errors: declaration.errors ?? [],
    // The router parses with these very schemas before it calls, so the parts are what they say.
    run: (input, ctx) => declaration.run(input as Input<Params, Query, Body, Headers>, ctx),
  };
}

/** The callee's endpoint of a call between services, from the contract both sides share. */
export function implement<Params, Query, Body, Output>(
  call: CallContract<Params, Query, Body, Output>,
  access: Access,
  run: (input: Input<Params, Query, Body>, ctx: Context) => Promise<Output | Answer<Output>>,
): Endpoint {
  const { service: _callee, ...shape } = call;
  return endpoint({ ...shape, access, status: 200, run });
}
