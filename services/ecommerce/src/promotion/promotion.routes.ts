import { askRedemption, id } from '@souk/contracts';
import {
  created,
  endpoint,
  implement,
  noContent,
  pageOf,
  pageQuery,
  preconditionFailed,
  roles,
  services,
  versioned,
} from '@souk/service-kit';
import { z } from 'zod';
import { codeTaken } from '../errors.ts';
import { addPromotion, changePromotion, countUses, getPromotion, removePromotion } from './promotion.actions.ts';
import { promotions } from './promotion.store.ts';
import { promotionInput, promotionReplacement, promotionView, viewPromotion } from './promotion.views.ts';
import { takePromotions } from './redemption.actions.ts';

const params = z.object({ id });
const keepers = roles({ super_admin: 'all', company_admin: 'company' });
const readers = roles({ super_admin: 'all', company_admin: 'company', shop_manager: 'company', shop_staff: 'company' });

export const promotionEndpoints = [
  endpoint({
    method: 'GET',
    path: '/promotions',
    summary: "Lists the company's promotions, with how often each is taken.",
    access: readers,
    query: z.strictObject({ ...pageQuery, isActive: z.stringbool({ truthy: ['true'], falsy: ['false'] }).optional() }),
    output: pageOf(promotionView),
    run: async ({ query: { isActive, ...page } }, ctx) => {
      const filter = isActive === undefined ? {} : { isActive };
      const { data, nextCursor } = await ctx.in(promotions).page(filter, { _id: 1 }, page);
      const uses = await countUses(
        data.map(({ _id }) => _id),
        ctx,
      );
      return { data: data.map((promotion) => viewPromotion(promotion, uses.get(promotion._id) ?? 0)), nextCursor };
    },
  }),
  endpoint({
    method: 'GET',
    path: '/promotions/:id',
    summary: 'One promotion.',
    access: readers,
    params,
    output: promotionView,
    run: async ({ params: { id: _id } }, ctx) => {
      const promotion = await getPromotion(_id, ctx);
      const uses = await countUses([_id], ctx);
      return versioned(viewPromotion(promotion, uses.get(_id) ?? 0), promotion.version);
    },
  }),
  endpoint({
    method: 'POST',
    path: '/promotions',
    summary: 'Makes a promotion: with a code a coupon, without one automatic.',
    access: keepers,
    body: promotionInput,
    output: promotionView,
    errors: [codeTaken],
    run: async ({ body }, ctx) => {
      const promotion = await addPromotion(body, ctx);
      return created(viewPromotion(promotion, 0), `/promotions/${promotion._id}`);
    },
  }),
  endpoint({
    method: 'PUT',
    path: '/promotions/:id',
    summary: 'Replaces a promotion; its uses stay counted.',
    access: keepers,
    params,
    body: promotionReplacement,
    output: promotionView,
    errors: [preconditionFailed, codeTaken],
    run: async ({ params: { id: _id }, body }, ctx) => {
      const promotion = await changePromotion(_id, body, ctx);
      const uses = await countUses([_id], ctx);
      return versioned(viewPromotion(promotion, uses.get(_id) ?? 0), promotion.version);
    },
  }),
  endpoint({
    method: 'DELETE',
    path: '/promotions/:id',
    summary: 'Removes a promotion. Orders that have it keep it; quotes that name it are refused.',
    access: keepers,
    params,
    status: 204,
    errors: [preconditionFailed],
    run: async ({ params: { id: _id } }, ctx) => {
      await removePromotion(_id, ctx);
      return noContent();
    },
  }),
  implement(askRedemption, services('sales'), ({ body }, ctx) => takePromotions(body, ctx)),
];
