import { id, instant } from '@souk/contracts';
import { z } from 'zod';
import { firstRepeated } from '../product/product.rules.ts';
import type { Promotion } from './promotion.rules.ts';

const minor = z.int().min(0).max(10_000_000_000);
const someIds = z
  .array(id)
  .max(500)
  .refine((found) => firstRepeated(found) === undefined, 'named twice')
  .default([]);
const limit = z.int().min(1).max(1_000_000_000);

const fields = {
  name: z.string().trim().min(1).max(120),
  kind: z.enum(['percent', 'fixed']),
  /** Basis points for `percent`, minor units of the company's currency for `fixed`. */
  value: z.int().min(1).max(10_000_000_000),
  code: z
    .string()
    .trim()
    .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{1,39}$/)
    .optional(),
  minimumSubtotal: minor.default(0),
  productIds: someIds,
  categoryIds: someIds,
  from: instant.optional(),
  to: instant.optional(),
  limitTotal: limit.optional(),
  limitPerCustomer: limit.optional(),
  isActive: z.boolean().default(true),
  stackable: z.boolean().default(false),
};

type Sound = Pick<Promotion, 'kind' | 'value'> & { from?: string | undefined; to?: string | undefined };

const isWholeAtMost = ({ kind, value }: Sound): boolean => kind !== 'percent' || value <= 10_000;
const endsAfterItBegins = ({ from, to }: Sound): boolean => from === undefined || to === undefined || from < to;

/** All of a promotion: what is left out is emptied or takes its default. */
export const promotionReplacement = z
  .strictObject(fields)
  .refine(isWholeAtMost, { path: ['value'], error: 'at most 10,000 basis points' })
  .refine(endsAfterItBegins, { path: ['to'], error: 'not before from' });
export type PromotionReplacement = z.infer<typeof promotionReplacement>;

/** A new promotion. `companyId` is for super admins, who have no company. */
export const promotionInput = z
  .strictObject({ ...fields, companyId: id.optional() })
  .refine(isWholeAtMost, { path: ['value'], error: 'at most 10,000 basis points' })
  .refine(endsAfterItBegins, { path: ['to'], error: 'not before from' });
export type PromotionInput = z.infer<typeof promotionInput>;

export const promotionView = z.object({
  id,
  companyId: id,
  name: z.string(),
  kind: z.enum(['percent', 'fixed']),
  value: z.int(),
  code: z.string().optional(),
  minimumSubtotal: z.int(),
  productIds: z.array(id),
  categoryIds: z.array(id),
  from: instant.optional(),
  to: instant.optional(),
  limitTotal: z.int().optional(),
  limitPerCustomer: z.int().optional(),
  isActive: z.boolean(),
  stackable: z.boolean(),
  /** How often it is taken now; counted only while it has a limit. */
  used: z.int(),
  version: z.int(),
  createdAt: instant,
  updatedAt: instant,
});

export function viewPromotion(promotion: Promotion, used: number): z.infer<typeof promotionView> {
  const { _id, codeKey: _key, from, to, createdAt, updatedAt, ...rest } = promotion;
  return {
    ...rest,
    id: _id,
    from: from?.toISOString(),
    to: to?.toISOString(),
    used,
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  };
}
