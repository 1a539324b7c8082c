import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Gateway } from './gateway.ts';
import type { Answer } from './refusal.ts';
import { Refusal, refusalAnswer } from './refusal.ts';

/** How long an answer is remembered, as at Stripe. */
const rememberedForMs = 24 * 60 * 60 * 1000;

export interface KeyedCall {
  /** The value of `Idempotency-Key`, or null for a call that may happen twice. */
  key: string | null;
  /** Whose key it is, so that a client's key can never fetch what the server was answered. */
  scope: string;
  method: string;
  path: string;
  input: unknown;
}

const storedAnswer = z.object({
  fingerprint: z.string(),
  status: z.int(),
  body: z.string().transform((text) => z.looseObject({}).parse(JSON.parse(text))),
});

function fingerprintOf({ method, path, input }: KeyedCall): string {
  return createHash('sha256')
    .update(`${method} ${path} ${JSON.stringify(input)}`)
    .digest('hex');
}

function perform(gateway: Gateway, operation: () => Answer): Answer {
  try {
    return gateway.book.transaction(operation);
  } catch (error) {
    if (error instanceof Refusal) return refusalAnswer(error.code, error.message);
    throw error;
  }
}

/**
 * Carries out an operation once per key: the operation, its events and its answer (refusals of the book included) are one
 * transaction, and a later call with the same key and body gets that answer. Throws `idempotency_key_reused` for another body.
 */
export function answerOnce(gateway: Gateway, call: KeyedCall, operation: () => Answer): Answer & { isReplay: boolean } {
  const { key, scope } = call;
  if (key === null) return { ...perform(gateway, operation), isReplay: false };
  return gateway.book.transaction(() => {
    const nowMs = gateway.now();
    gateway.book.write('DELETE FROM answers WHERE createdAtMs < :before', { before: nowMs - rememberedForMs });
    const fingerprint = fingerprintOf(call);
    const sql = 'SELECT fingerprint, status, body FROM answers WHERE scope = :scope AND key = :key';
    const found = gateway.book.find(sql, { scope, key });
    if (found) {
      const { status, body, fingerprint: first } = storedAnswer.parse(found);
      if (first !== fingerprint) throw new Refusal('idempotency_key_reused', 'This key was used for another request.');
      return { status, body, isReplay: true };
    }
    const answer = perform(gateway, operation);
    gateway.book.write(
      `INSERT INTO answers (scope, key, fingerprint, status, body, createdAtMs)
       VALUES (:scope, :key, :fingerprint, :status, :body, :createdAtMs)`,
      { scope, key, fingerprint, status: answer.status, body: JSON.stringify(answer.body), createdAtMs: nowMs },
    );
    return { ...answer, isReplay: false };
  });
}
