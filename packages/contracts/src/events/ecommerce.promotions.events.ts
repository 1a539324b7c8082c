import { z } from 'zod';
import { defineEvent } from '../event.ts';
import { id, instant } from '../ids.ts';
import { ids, moments } from './examples.ts';
import { at, quantity, revision } from './shapes.ts';

const producer = 'ecommerce';

const promotion = z.object({
  promotionId: id,
  companyId: id,
  kind: z.enum(['percent', 'fixed', 'buy_x_get_y', 'free_shipping']),
  automatic: z.boolean(),
  isActive: z.boolean(),
  startsAt: instant.optional(),
  endsAt: instant.optional(),
  usageLimit: quantity.optional(),
  customerLimit: quantity.optional(),
  at,
});
const tenPercent: z.infer<typeof promotion> = {
  promotionId: ids.promotion,
  companyId: ids.company,
  kind: 'percent',
  automatic: false,
  isActive: true,
  endsAt: moments.due,
  usageLimit: 100,
  customerLimit: 1,
  at: moments.placed,
};

export const promotionCreated = defineEvent({
  type: 'promotion.created',
  producer,
  when: 'A promotion was made; an absent limit means no limit.',
  schema: promotion,
  example: tenPercent,
});

export const promotionUpdated = defineEvent({
  type: 'promotion.updated',
  producer,
  when: 'A promotion changed or was switched off or on; it carries the promotion as it is now.',
  schema: promotion,
  example: { ...tenPercent, isActive: false },
});

export const promotionRedeemed = defineEvent({
  type: 'promotion.redeemed',
  producer,
  when: "All limited promotions of an order's revision were taken within their limits; the list is empty when none has a limit.",
  schema: z.object({ orderId: id, revision, companyId: id, promotionIds: z.array(id) }),
  example: { orderId: ids.order, revision: 1, companyId: ids.company, promotionIds: [ids.promotion] },
});

export const promotionRedemptionRefused = defineEvent({
  type: 'promotion.redemption_refused',
  producer,
  when: "One promotion of an order's revision could not be taken, so none of them was; it names the first refused.",
  schema: z.object({
    orderId: id,
    revision,
    companyId: id,
    promotionId: id,
    reason: z.enum(['limit_reached', 'customer_limit_reached', 'expired', 'unknown']),
  }),
  example: { orderId: ids.order, revision: 1, companyId: ids.company, promotionId: ids.promotion, reason: 'limit_reached' },
});

export const promotionReleased = defineEvent({
  type: 'promotion.released',
  producer,
  when: 'Promotions taken for an order were given back because it was cancelled or its new revision no longer has them.',
  schema: z.object({ orderId: id, companyId: id, promotionIds: z.array(id).min(1) }),
  example: { orderId: ids.order, companyId: ids.company, promotionIds: [ids.promotion] },
});
