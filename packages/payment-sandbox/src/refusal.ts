/** Every error code with its HTTP status: 422 when the body alone is wrong, 409 when it does not fit what is in the book. */
export const statusOfRefusal = {
  malformed_request: 400,
  idempotency_key_invalid: 400,
  invalid_api_key: 401,
  invalid_client_secret: 401,
  card_declined: 402,
  insufficient_funds: 402,
  not_found: 404,
  idempotency_key_reused: 409,
  intent_unexpected_state: 409,
  capture_exceeds_authorised: 409,
  refund_exceeds_captured: 409,
  body_too_large: 413,
  invalid_request: 422,
  unknown_card: 422,
  card_expired: 422,
  payment_method_unknown: 422,
  sandbox_failure: 500,
} as const;

export type RefusalCode = keyof typeof statusOfRefusal;

/** What every failed call answers. */
export interface ErrorBody {
  error: { code: RefusalCode; message: string };
}

/** Thrown by an operation that changes nothing because the gateway refuses it. */
export class Refusal extends Error {
  readonly code: RefusalCode;

  constructor(code: RefusalCode, message: string) {
    super(message);
    this.code = code;
  }
}

export interface Answer {
  status: number;
  body: object;
}

export function refusalAnswer(code: RefusalCode, message: string): Answer {
  const body: ErrorBody = { error: { code, message } };
  return { status: statusOfRefusal[code], body };
}
