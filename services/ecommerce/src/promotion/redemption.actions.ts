import { promotionRedeemed, promotionRedemptionRefused, promotionReleased } from '@souk/contracts';
import type { BatchEntry, Context, Tx } from '@souk/service-kit';
import { BatchConflict, defineBatch } from '@souk/service-kit';
import { config } from '../config.ts';
import { promotions, promotionUsage, redemptions } from './promotion.store.ts';
import type { Decision, RedeemAnswer, RedeemRequest, RedemptionBook, TakeRequest } from './redemption.rules.ts';
import { customerKey, decideRedemption, totalKey } from './redemption.rules.ts';

/** A request with what only the process knows: the moment, and how long an ended promotion is still honoured. */
export interface TimedRequest {
  request: RedeemRequest;
  now: Date;
  graceMs: number;
}

/**
 * Takes and gives back limited promotions. All orders with the same coupon fight over one counter, so they are decided in batches:
 * one read of each collection, one write of each, in one transaction.
 */
export const redeem = defineBatch<TimedRequest, RedeemAnswer>('redeem', async (entries, tx) => {
  const book = await readBook(entries, tx);
  const before = { usage: new Map(book.usage), redemptions: new Map(book.redemptions) };
  const outcomes = entries.map((entry) => {
    const decision = decideRedemption(book, entry.request.request);
    tell(entry, decision, book);
    return { value: decision.answer };
  });
  await writeBook(before, book, tx);
  return outcomes;
});

type TakeAnswer = Exclude<RedeemAnswer, { outcome: 'released' }>;
type Take = Omit<TakeRequest, 'kind'>;

/** Takes an order's promotions; the same order and revision again gets the same answer. */
export async function takePromotions(
  { orderId, revision, companyId, customerId, coupons }: Take,
  ctx: Context,
): Promise<TakeAnswer> {
  const answer = await submit({ kind: 'take', orderId, revision, companyId, customerId, coupons }, ctx);
  // The batch answers a take with nothing else.
  return answer.outcome === 'released' ? { outcome: 'redeemed' } : answer;
}

/** Gives back what a cancelled order took, and sees to it that it takes nothing later. */
export async function releasePromotions(
  order: { orderId: string; revision: number; companyId: string },
  ctx: Context,
): Promise<void> {
  const { orderId, revision, companyId } = order;
  await submit({ kind: 'release', orderId, revision, companyId }, ctx);
}

const submit = (request: RedeemRequest, ctx: Context): Promise<RedeemAnswer> =>
  ctx.batch(redeem, { request, now: ctx.now(), graceMs: config.of(ctx).QUOTE_TTL_SECONDS * 1000 });

async function readBook(entries: readonly BatchEntry<TimedRequest>[], tx: Tx): Promise<RedemptionBook> {
  const requests = entries.map(({ request }) => request.request);
  const known = await tx.in(redemptions).find({ _id: { $in: [...new Set(requests.map(({ orderId }) => orderId))] } });
  const held = known.flatMap(({ promotionIds, customerId }) => promotionIds.flatMap((id) => keysOf(id, customerId)));
  const asked = requests.flatMap((request) =>
    request.kind === 'take' ? request.coupons.flatMap(({ promotionId }) => keysOf(promotionId, request.customerId)) : [],
  );
  const promotionIds = requests.flatMap((request) =>
    request.kind === 'take' ? request.coupons.map(({ promotionId }) => promotionId) : [],
  );
  const found = await tx.in(promotions).find({ _id: { $in: [...new Set(promotionIds)] } });
  const usage = await tx.in(promotionUsage).find({ _id: { $in: [...new Set([...held, ...asked])] } });
  const times = entries.map(({ request }) => request.now.getTime());
  return {
    promotions: byId(found),
    usage: byId(usage),
    redemptions: byId(known),
    now: new Date(Math.max(...times)),
    graceMs: entries[0]?.request.graceMs ?? 0,
  };
}

const keysOf = (promotionId: string, customerId: string | undefined): string[] => [
  totalKey(promotionId),
  ...(customerId === undefined ? [] : [customerKey(promotionId, customerId)]),
];

const byId = <Doc extends { _id: string }>(documents: readonly Doc[]): Map<string, Doc> =>
  new Map(documents.map((document) => [document._id, document]));

function tell(entry: BatchEntry<TimedRequest>, { redeemed, refused, released }: Decision, book: RedemptionBook): void {
  const { request } = entry.request;
  const { orderId, companyId, revision } = request;
  const about = { subject: orderId, companyId, version: book.redemptions.get(orderId)?.ver ?? 1 };
  if (released) entry.publish(promotionReleased, { ...about, data: { orderId, companyId, promotionIds: released } });
  if (refused) entry.publish(promotionRedemptionRefused, { ...about, data: { orderId, revision, companyId, ...refused } });
  if (redeemed) entry.publish(promotionRedeemed, { ...about, data: { orderId, revision, companyId, promotionIds: redeemed } });
}

type Before = Pick<RedemptionBook, 'usage' | 'redemptions'>;

/** Writes what the decisions changed. A counter that another replica changed meanwhile throws BatchConflict: all is decided again. */
async function writeBook(before: Before, after: RedemptionBook, tx: Tx): Promise<void> {
  const usage = [...after.usage.values()].flatMap((now) => {
    const old = before.usage.get(now._id);
    if (old?.used === now.used) return [];
    return [write(old, { ...now, ver: (old?.ver ?? 0) + 1 })];
  });
  const taken = [...after.redemptions.values()].flatMap((now) => {
    const old = before.redemptions.get(now._id);
    return old === now ? [] : [write(old, now)];
  });
  for (const [store, writes] of [
    [promotionUsage, usage],
    [redemptions, taken],
  ] as const) {
    const updates = writes.filter((each) => 'updateOne' in each).length;
    const { modified } = await tx.in<object>(store).bulkWrite(writes);
    if (modified !== updates) throw new BatchConflict();
  }
}

function write<Doc extends { _id: string; ver: number }>(old: Doc | undefined, now: Doc) {
  if (!old) return { insertOne: { document: now } };
  const { _id, ...fields } = now;
  const emptied = Object.entries(fields).filter(([, value]) => value === undefined);
  return {
    updateOne: {
      filter: { _id, ver: old.ver },
      update: { $set: fields, ...(emptied.length > 0 && { $unset: Object.fromEntries(emptied.map(([field]) => [field, ''])) }) },
    },
  };
}
