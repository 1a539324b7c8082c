import { promotionCreated, promotionUpdated } from '@souk/contracts';
import type { Context, Tx } from '@souk/service-kit';
import { changesBetween, conflict, matchVersion, newId, notFound, ofCompany, system } from '@souk/service-kit';
import { getTradingCompany } from '../company/company.actions.ts';
import { codeTaken } from '../errors.ts';
import { companyOf } from '../tenant.ts';
import type { Promotion } from './promotion.rules.ts';
import { codeKeyOf, isRunning } from './promotion.rules.ts';
import { promotions, promotionUsage, redemptions } from './promotion.store.ts';
import type { PromotionInput, PromotionReplacement } from './promotion.views.ts';
import { customerKey, totalKey } from './redemption.rules.ts';

/** Makes a promotion. Throws 409 when the company has its code already. */
export async function addPromotion({ companyId: named, ...input }: PromotionInput, ctx: Context): Promise<Promotion> {
  const companyId = await companyOf(ctx, named);
  await getTradingCompany(companyId, ctx);
  const _id = newId();
  const now = ctx.now();
  const promotion: Promotion = { ...termsOf(input, _id), _id, companyId, version: 1, createdAt: now, updatedAt: now };
  return ctx.transaction(async (unscoped) => {
    const tx = unscoped.as(ofCompany(companyId));
    await refuseTakenCode(promotion, tx);
    await tx.in(promotions).insertOne(promotion);
    const changes = changesBetween(null, promotion);
    tx.publish(promotionCreated, { subject: _id, version: 1, companyId, data: factsOf(promotion), changes });
    return promotion;
  });
}

/** Replaces all of a promotion; its uses stay counted. */
export async function changePromotion(id: string, input: PromotionReplacement, ctx: Context): Promise<Promotion> {
  const before = await getPromotion(id, ctx);
  matchVersion(ctx, before.version);
  await getTradingCompany(before.companyId, ctx);
  const { _id, companyId, version, createdAt } = before;
  const after: Promotion = { ...termsOf(input, id), _id, companyId, version: version + 1, createdAt, updatedAt: ctx.now() };
  await ctx.transaction(async (tx) => {
    await refuseTakenCode(after, tx.as(ofCompany(companyId)));
    await write(before, after, tx);
  });
  return after;
}

/** Takes a promotion away; its code is free again. Orders that have it keep it and give their uses back as ever. */
export async function removePromotion(id: string, ctx: Context): Promise<void> {
  const before = await getPromotion(id, ctx);
  matchVersion(ctx, before.version);
  await getTradingCompany(before.companyId, ctx);
  const { version, companyId } = before;
  const after: Promotion = { ...before, isActive: false, version: version + 1, updatedAt: ctx.now() };
  await ctx.transaction(async (tx) => {
    if ((await tx.in(promotions).deleteOne({ _id: id, version })) === 0) throw conflict();
    const changes = changesBetween(before, after);
    tx.publish(promotionUpdated, { subject: id, version: after.version, companyId, data: factsOf(after), changes });
  });
}

/** Throws 404 when the caller may not see it. */
export async function getPromotion(id: string, ctx: Context): Promise<Promotion> {
  const promotion = await ctx.in(promotions).findOne({ _id: id });
  if (!promotion) throw notFound();
  return promotion;
}

/** How often each of these is taken now. */
export async function countUses(promotionIds: readonly string[], ctx: Context): Promise<Map<string, number>> {
  const found = await ctx.in(promotionUsage).find({ _id: { $in: [...promotionIds] } }, { fields: ['used'] });
  return new Map(found.map(({ _id, used }) => [_id, used]));
}

/** Promotions of a company that run now: the automatic ones, and the one that the code names. */
export async function findRunningPromotions(companyId: string, code: string | undefined, ctx: Context): Promise<Promotion[]> {
  const keys = code === undefined ? [] : [{ codeKey: codeKeyOf(code) }];
  const found = await ctx
    .as(ofCompany(companyId))
    .in(promotions)
    .find({ $or: [{ codeKey: { $gte: 'auto ', $lt: 'auto!' } }, ...keys] });
  return found.filter((promotion) => isRunning(promotion, ctx.now()));
}

/** Uses of promotions, by their id. */
export type Uses = ReadonlyMap<string, number>;

/** Who is to use promotions: what an order of theirs holds already counts as free for that order. */
export interface Buyer {
  customerId?: string | undefined;
  orderId?: string | undefined;
  /** What other quotes of the same checkout are to use up, which nobody has taken yet. */
  promised?: Uses | undefined;
}

/** Which of these still have a use left, in all and for the buyer. A hint for quotes: the batch decides. */
export async function withUsesLeft(
  found: readonly Promotion[],
  { customerId, orderId, promised }: Buyer,
  ctx: Context,
): Promise<Promotion[]> {
  const keys = found.flatMap(({ _id, limitTotal, limitPerCustomer }) => [
    ...(limitTotal === undefined ? [] : [totalKey(_id)]),
    ...(limitPerCustomer === undefined || customerId === undefined ? [] : [customerKey(_id, customerId)]),
  ]);
  if (keys.length === 0) return found.filter(({ limitPerCustomer }) => limitPerCustomer === undefined);
  const counting = ctx.as(system('uses left of promotions'));
  const usage = await countUses(keys, counting);
  const own = orderId === undefined ? null : await counting.in(redemptions).findOne({ _id: orderId });
  return found.filter(({ _id, limitTotal, limitPerCustomer }) => {
    const elsewhere = (promised?.get(_id) ?? 0) - (own?.promotionIds.includes(_id) ? 1 : 0);
    const used = (key: string) => (usage.get(key) ?? 0) + elsewhere;
    if (limitTotal !== undefined && used(totalKey(_id)) >= limitTotal) return false;
    if (limitPerCustomer === undefined) return true;
    return customerId !== undefined && used(customerKey(_id, customerId)) < limitPerCustomer;
  });
}

function termsOf(
  input: PromotionReplacement,
  id: string,
): Omit<Promotion, '_id' | 'companyId' | 'version' | 'createdAt' | 'updatedAt'> {
  const { code, from, to, ...rest } = input;
  return {
    ...rest,
    code,
    codeKey: code === undefined ? `auto ${id}` : codeKeyOf(code),
    from: from === undefined ? undefined : new Date(from),
    to: to === undefined ? undefined : new Date(to),
  };
}

async function refuseTakenCode({ _id, codeKey }: Promotion, tx: Tx): Promise<void> {
  if (await tx.in(promotions).findOne({ codeKey, _id: { $ne: _id } }, { fields: ['_id'] })) throw codeTaken();
}

async function write(before: Promotion, after: Promotion, tx: Tx): Promise<void> {
  const { _id, companyId, version, ...fields } = after;
  const emptied = (['code', 'from', 'to', 'limitTotal', 'limitPerCustomer'] as const).filter(
    (field) => after[field] === undefined,
  );
  const updated = await tx.in(promotions).updateOne(
    { _id, version: before.version },
    {
      $set: fields,
      ...(emptied.length > 0 && { $unset: Object.fromEntries(emptied.map((field) => [field, ''])) }),
      $inc: { version: 1 },
    },
  );
  if (updated.matched === 0) throw conflict();
  tx.publish(promotionUpdated, {
    subject: _id,
    version,
    companyId,
    data: factsOf(after),
    changes: changesBetween(before, after),
  });
}

const factsOf = (promotion: Promotion) => ({
  promotionId: promotion._id,
  companyId: promotion.companyId,
  kind: promotion.kind,
  automatic: promotion.code === undefined,
  isActive: promotion.isActive,
  startsAt: promotion.from?.toISOString(),
  endsAt: promotion.to?.toISOString(),
  usageLimit: promotion.limitTotal,
  customerLimit: promotion.limitPerCustomer,
  at: promotion.updatedAt.toISOString(),
});
