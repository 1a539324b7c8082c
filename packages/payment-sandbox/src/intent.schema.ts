import { z } from 'zod';

/** Minor units. The bound keeps sums over a large book exact. */
export const amount = z.int().min(1).max(1_000_000_000_000);
const metadata = z
  .record(z.string().max(40), z.string().max(500))
  .refine((entries) => Object.keys(entries).length <= 50, 'At most 50 entries.');

export const intentInput = z.strictObject({
  amount,
  currency: z.string().regex(/^[A-Z]{3}$/),
  /** The caller's own id of the payment. */
  reference: z.string().min(1).max(200),
  captureMethod: z.literal('manual').default('manual'),
  metadata: metadata.default({}),
});
export type IntentInput = z.infer<typeof intentInput>;

const expiry = { expMonth: z.int().min(1).max(12), expYear: z.int().min(2000).max(2100) };
const number = z.string().regex(/^[0-9][0-9 ]{10,22}[0-9]$/);

export const paymentMethodInput = z.strictObject({ card: z.strictObject({ number, ...expiry }) });
export type PaymentMethodInput = z.infer<typeof paymentMethodInput>;

export const confirmInput = z
  .strictObject({
    clientSecret: z.string().max(200).optional(),
    card: z.strictObject({ number, expMonth: expiry.expMonth.optional(), expYear: expiry.expYear.optional() }).optional(),
    paymentMethod: z.string().max(100).optional(),
  })
  .refine((input) => (input.card === undefined) !== (input.paymentMethod === undefined), 'Give either card or paymentMethod.');
export type ConfirmInput = z.infer<typeof confirmInput>;

export const captureInput = z.strictObject({ amount });
export const cancelInput = z.strictObject({ reason: z.string().max(200).optional() }).optional();
export const refundInput = z.strictObject({ amount, reason: z.string().max(200).optional() });
export type RefundInput = z.infer<typeof refundInput>;

export const referenceQuery = z.strictObject({ reference: z.string().min(1).max(200) });
export const ledgerQuery = z.strictObject({
  after: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
});
export type LedgerQuery = z.infer<typeof ledgerQuery>;

function json<T extends z.ZodType>(schema: T) {
  return z
    .string()
    .transform((text): unknown => JSON.parse(text))
    .pipe(schema);
}

const flag = z.int().transform((value) => value === 1);

/** An intent as its row in the book. */
export const intentRow = z.object({
  id: z.string(),
  clientSecret: z.string(),
  status: z.enum(['requires_confirmation', 'requires_capture', 'captured', 'cancelled']),
  amount: z.int(),
  currency: z.string(),
  capturedAmount: z.int(),
  refundedAmount: z.int(),
  reference: z.string(),
  metadata: json(metadata),
  lastError: json(z.object({ code: z.string(), message: z.string() })).nullable(),
  card: json(z.object({ brand: z.string(), last4: z.string() })).nullable(),
  isDisputed: flag,
  isDisputedAfterCapture: flag,
  createdAt: z.string(),
});
export type IntentRow = z.infer<typeof intentRow>;
/** An intent as callers see it. */
export type Intent = Omit<IntentRow, 'isDisputedAfterCapture'> & { captureMethod: 'manual' };
export type IntentStatus = Intent['status'];

export const refundRow = z.object({
  id: z.string(),
  intentId: z.string(),
  amount: z.int(),
  currency: z.string(),
  reason: z.string().nullable(),
  createdAt: z.string(),
});
/** Refunds of the sandbox succeed at once or not at all. */
export type Refund = z.infer<typeof refundRow> & { status: 'succeeded' };

/** A movement of money, in the sequence it was made; `amount` is positive for refunds too. */
export const movementRow = z.object({
  sequence: z.int(),
  id: z.string(),
  type: z.enum(['capture', 'refund']),
  intentId: z.string(),
  refundId: z.string().nullable(),
  reference: z.string(),
  amount: z.int(),
  currency: z.string(),
  createdAt: z.string(),
});
export type Movement = z.infer<typeof movementRow>;
