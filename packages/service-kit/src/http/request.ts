import { timingSafeEqual } from 'node:crypto';
import type { Request } from 'express';
import type { z } from 'zod';
import type { Endpoint } from '../endpoint.ts';
import type { FieldError } from '../errors.ts';
import { DomainError, invalid, malformed, notFound, preconditionFailed } from '../errors.ts';
import type { Claims } from '../tokens.ts';

/** Reads the parts of a request by the endpoint's schemas. Throws 404 for a path that names nothing, 422 for what is not as it must be. */
export function readInput(
  endpoint: Endpoint,
  request: Request,
): { params: unknown; query: unknown; body: unknown; headers: unknown } {
  const { params, query, body, headers } = endpoint.schemas;
  const errors: FieldError[] = [];
  const read = (place: string, schema: z.ZodType | undefined, value: unknown): unknown => {
    if (!schema) return undefined;
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data;
    errors.push(...fieldErrors(place, parsed.error));
    return undefined;
  };
  const path = params?.safeParse(request.params);
  // An id that cannot be one names nothing, and a stranger learns no more than that.
  if (path && !path.success) throw notFound();
  const input = {
    params: path?.data,
    query: query ? read('query', query, request.query) : refuseUnknownQuery(request, errors),
    body: endpoint.rawBody ? request.body : read('body', body, request.body),
    headers: read('headers', headers, request.headers),
  };
  if (!endpoint.rawBody && !body && hasFields(request.body))
    errors.push({ path: 'body', code: 'unrecognized_keys', message: 'this route takes no body' });
  if (errors.length > 0) throw invalid(errors[0]?.message, { errors });
  return input;
}

function refuseUnknownQuery(request: Request, errors: FieldError[]): undefined {
  for (const name of Object.keys(request.query))
    errors.push({ path: `query.${name}`, code: 'unrecognized_keys', message: 'unknown parameter' });
}

function hasFields(body: unknown): boolean {
  return body !== null && typeof body === 'object' && Object.keys(body).length > 0;
}

export function fieldErrors(place: string, error: z.ZodError): FieldError[] {
  return error.issues
    .slice(0, 50)
    .map((issue) => ({ path: [place, ...issue.path.map(String)].join('.'), code: issue.code, message: issue.message }));
}

const VERSION_TAG = /^(?:W\/)?"v(\d{1,15})"$/;

/** The version in If-Match; undefined when absent or `*`. Throws 412 for a tag we never gave. */
export function readIfMatch(header: string | undefined): number | undefined {
  if (header === undefined || header === '*') return undefined;
  const version = VERSION_TAG.exec(header)?.[1];
  if (version === undefined) throw preconditionFailed();
  return Number(version);
}

/** Throws 412 when the client named a version in If-Match and it is not the one that stands. */
export function matchVersion(ctx: { ifMatch: number | undefined }, version: number): void {
  if (ctx.ifMatch !== undefined && ctx.ifMatch !== version) throw preconditionFailed();
}

const KEY = /^[\x21-\x7e]{1,255}$/;

/** The Idempotency-Key header, if there is one. Throws 400 when it is not 1 to 255 printable characters. */
export function readKey(header: string | undefined): string | undefined {
  if (header !== undefined && !KEY.test(header))
    throw malformed('Idempotency-Key must be 1 to 255 printable characters without spaces');
  return header;
}

/** Compares secrets in constant time. */
export function sameSecret(given: string | undefined, wanted: string): boolean {
  const left = Buffer.from(given ?? '');
  const right = Buffer.from(wanted);
  return left.length === right.length && timingSafeEqual(left, right);
}

/** The bearer token of a request. */
export function bearerOf(header: string | undefined): string | undefined {
  return header?.match(/^Bearer ([^\s]+)$/i)?.[1];
}

/** Who a key belongs to: a user, a service, or a stranger at an address. */
export function keyOwner(caller: Claims | undefined, app: string | undefined, ip: string | undefined): string {
  if (caller) return `user:${caller.userId}`;
  return app === undefined || app === 'gateway' ? `guest:${ip ?? ''}` : `app:${app}`;
}

/** What body-parser throws, as a problem of ours; anything else is not. */
export function parserRefusal(error: unknown): DomainError | undefined {
  if (!(error instanceof Error) || !('status' in error) || typeof error.status !== 'number' || !('type' in error))
    return undefined;
  if (error.status === 413)
    return new DomainError({ code: 'body_too_large', status: 413, title: 'The body is larger than this route takes' });
  if (error.status === 415)
    return new DomainError({ code: 'unsupported_media_type', status: 415, title: 'This content encoding is not taken' });
  return error.status < 500 ? malformed('The body could not be read') : undefined;
}
