/** One path of a request that was refused, in RFC 9457's `errors` member. */
export interface FieldError {
  path: string;
  code: string;
  message: string;
}

export interface ErrorDefinition {
  readonly code: string;
  readonly status: number;
  readonly title: string;
  /** Makes the error. `extra` members are shown to the client. */
  (detail?: string, extra?: Record<string, unknown>): DomainError;
}

/** A refusal that the domain made: mapped to problem+json in a request, to a dead letter in an event. */
export class DomainError extends Error {
  readonly code: string;
  readonly status: number;
  readonly title: string;
  readonly extra: Record<string, unknown>;

  constructor(
    definition: Pick<ErrorDefinition, 'code' | 'status' | 'title'>,
    detail?: string,
    extra: Record<string, unknown> = {},
  ) {
    super(detail ?? definition.title);
    this.code = definition.code;
    this.status = definition.status;
    this.title = definition.title;
    this.extra = extra;
  }
}

/** Declares an entry of a service's error catalogue: a stable code, its HTTP status and a title that never changes. */
export function defineError(code: string, status: number, title: string): ErrorDefinition {
  const make = (detail?: string, extra?: Record<string, unknown>) => new DomainError({ code, status, title }, detail, extra);
  return Object.assign(make, { code, status, title });
}

export const unauthenticated = defineError('unauthenticated', 401, 'A valid access token is needed');
export const untrustedCaller = defineError('untrusted_caller', 401, 'This port answers to its sidecar only');
export const forbidden = defineError('forbidden', 403, 'Your role does not have this operation');
export const notFound = defineError('not_found', 404, 'There is no such thing');
export const methodNotAllowed = defineError('method_not_allowed', 405, 'This path does not have that method');
export const companySuspended = defineError('company_suspended', 402, 'The company is suspended: it may read, not write');
export const conflict = defineError('conflict', 409, 'Something else changed it at the same time');
export const preconditionFailed = defineError('precondition_failed', 412, 'It is not as it was at the version in If-Match');
export const bodyTooLarge = defineError('body_too_large', 413, 'The body is larger than this route takes');
export const unsupportedMediaType = defineError('unsupported_media_type', 415, 'This route takes application/json');
export const malformed = defineError('malformed_request', 400, 'The request could not be read');
export const invalid = defineError('invalid_request', 422, 'Some fields are not as they must be');
export const tooManyRequests = defineError('rate_limited', 429, 'Too many requests');
export const internal = defineError('internal_error', 500, 'Something went wrong on our side');
export const unavailable = defineError('unavailable', 503, 'A service that is needed does not answer now');
export const badGateway = defineError('bad_gateway', 502, 'A service that is needed gave an answer that could not be used');
export const upstreamTimeout = defineError('upstream_timeout', 504, 'A service that is needed did not answer in time');
export const keyRequired = defineError('idempotency_key_required', 400, 'This route needs an Idempotency-Key header');
export const keyReused = defineError('idempotency_key_reused', 422, 'This Idempotency-Key was used with another request');
export const keyBusy = defineError('idempotency_key_busy', 409, 'A request with this Idempotency-Key is still running');

/** Raised inside a unit of work when an event's effect stands already: the delivery is answered as done. */
export class AlreadySeen extends Error {}

/** RFC 9457 members of an error, as one body for every refusal. */
export function problemOf(error: DomainError, request: { instance: string; requestId: string }): Record<string, unknown> {
  return {
    type: `https://souk.dev/problems/${error.code}`,
    title: error.title,
    status: error.status,
    detail: error.message,
    instance: request.instance,
    code: error.code,
    requestId: request.requestId,
    ...error.extra,
  };
}
