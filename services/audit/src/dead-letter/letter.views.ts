import { z } from 'zod';
import type { Letter } from './letter.store.ts';
import { LETTER_STATUSES } from './letter.store.ts';

export const letterView = z.object({
  id: z.string(),
  /** Null when a sidecar gave up, which does not say for whom. */
  consumer: z.string().nullable(),
  reason: z.string(),
  type: z.string().nullable(),
  companyId: z.string().nullable(),
  event: z.unknown(),
  status: z.enum(LETTER_STATUSES),
  times: z.int(),
  firstAt: z.iso.datetime(),
  lastAt: z.iso.datetime(),
  closedAt: z.iso.datetime().optional(),
  closedBy: z.string().optional(),
});

/** A dead letter as administrators see it. */
export function viewLetter({ _id, firstAt, lastAt, closedAt, ...rest }: Letter): z.infer<typeof letterView> {
  const moments = { firstAt: firstAt.toISOString(), lastAt: lastAt.toISOString() };
  return { id: _id, ...rest, ...moments, ...(closedAt && { closedAt: closedAt.toISOString() }) };
}
