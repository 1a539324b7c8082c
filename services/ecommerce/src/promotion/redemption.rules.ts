import type { OrderCoupon } from '@souk/contracts';
import type { Promotion } from './promotion.rules.ts';
import { isLimited } from './promotion.rules.ts';

/** Uses of a promotion, in all or by one customer. */
export interface Usage {
  _id: string;
  companyId: string;
  promotionId: string;
  customerId?: string | undefined;
  used: number;
  ver: number;
}

export type RefusalReason = 'limit_reached' | 'customer_limit_reached' | 'expired' | 'unknown';

/** What an order has taken. `cancelled` is the end, also of an order that was cancelled before it asked. */
export interface Redemption {
  _id: string;
  companyId: string;
  customerId?: string | undefined;
  revision: number;
  state: 'redeemed' | 'refused' | 'cancelled';
  /** The limited promotions it holds a use of. */
  promotionIds: string[];
  refusedId?: string | undefined;
  reason?: RefusalReason | undefined;
  ver: number;
  at: Date;
}

/** An order's revision asks for its promotions. */
export interface TakeRequest {
  kind: 'take';
  orderId: string;
  revision: number;
  companyId: string;
  customerId?: string | undefined;
  coupons: readonly OrderCoupon[];
}

/** A cancelled order gives its promotions back, for good. */
export interface ReleaseRequest {
  kind: 'release';
  orderId: string;
  revision: number;
  companyId: string;
}

export type RedeemRequest = TakeRequest | ReleaseRequest;

export type RedeemAnswer =
  | { outcome: 'redeemed' }
  | { outcome: 'refused'; promotionId: string; reason: RefusalReason }
  | { outcome: 'released' };

/** What a decision says to the world. Nothing when the same was said before. */
export interface Decision {
  answer: RedeemAnswer;
  redeemed?: string[];
  refused?: { promotionId: string; reason: RefusalReason };
  released?: string[];
}

/** Documents as they were read, changed in memory by one decision after the other. */
export interface RedemptionBook {
  promotions: ReadonlyMap<string, Promotion>;
  usage: Map<string, Usage>;
  redemptions: Map<string, Redemption>;
  now: Date;
  /** How long after a promotion's end a quote that had it may still be used: a signed price is a promise. */
  graceMs: number;
}

export const totalKey = (promotionId: string): string => promotionId;
export const customerKey = (promotionId: string, customerId: string): string => `${promotionId}:${customerId}`;

/** Decides one request on what the book says after all requests before it. */
export function decideRedemption(book: RedemptionBook, request: RedeemRequest): Decision {
  const known = book.redemptions.get(request.orderId);
  if (request.kind === 'release') return release(book, request, known);
  const stands = known && (known.state === 'cancelled' || known.revision >= request.revision);
  return stands ? { answer: answerOf(known, request) } : take(book, request, known);
}

/** What was answered before. An order that was cancelled gets nothing, whatever it asks. */
function answerOf(known: Redemption, { coupons }: TakeRequest): RedeemAnswer {
  if (known.state === 'redeemed') return { outcome: 'redeemed' };
  const promotionId = known.refusedId ?? coupons[0]?.promotionId;
  return promotionId === undefined
    ? { outcome: 'redeemed' }
    : { outcome: 'refused', promotionId, reason: known.reason ?? 'expired' };
}

/** A newer revision gives back what the older one held and takes its own, in one decision. */
function take(book: RedemptionBook, request: TakeRequest, known: Redemption | undefined): Decision {
  const { orderId, revision, companyId, customerId, coupons } = request;
  const held = known?.promotionIds ?? [];
  for (const promotionId of held) count(book, { promotionId, companyId, customerId: known?.customerId }, -1);
  const refusal = firstRefusal(book, request);
  const wanted = refusal ? [] : limitedOf(book, coupons);
  for (const promotionId of wanted) count(book, { promotionId, companyId, customerId }, 1);
  const released = held.filter((promotionId) => !wanted.includes(promotionId));
  book.redemptions.set(orderId, {
    _id: orderId,
    companyId,
    customerId,
    revision,
    state: refusal ? 'refused' : 'redeemed',
    promotionIds: wanted,
    refusedId: refusal?.promotionId,
    reason: refusal?.reason,
    ver: (known?.ver ?? 0) + 1,
    at: book.now,
  });
  return {
    answer: refusal ? { outcome: 'refused', ...refusal } : { outcome: 'redeemed' },
    ...(released.length > 0 && { released }),
    ...(refusal && { refused: refusal }),
    ...(!refusal && coupons.length > 0 && { redeemed: wanted }),
  };
}

function release(
  book: RedemptionBook,
  { orderId, revision, companyId }: ReleaseRequest,
  known: Redemption | undefined,
): Decision {
  if (known?.state === 'cancelled') return { answer: { outcome: 'released' } };
  const held = known?.promotionIds ?? [];
  for (const promotionId of held) count(book, { promotionId, companyId, customerId: known?.customerId }, -1);
  book.redemptions.set(orderId, {
    _id: orderId,
    companyId,
    customerId: known?.customerId,
    revision: Math.max(revision, known?.revision ?? 0),
    state: 'cancelled',
    promotionIds: [],
    ver: (known?.ver ?? 0) + 1,
    at: book.now,
  });
  return { answer: { outcome: 'released' }, ...(held.length > 0 && { released: [...held] }) };
}

const idsOf = (coupons: readonly OrderCoupon[]): string[] => [...new Set(coupons.map(({ promotionId }) => promotionId))];

function limitedOf(book: RedemptionBook, coupons: readonly OrderCoupon[]): string[] {
  return idsOf(coupons).filter((promotionId) => {
    const promotion = book.promotions.get(promotionId);
    return promotion !== undefined && isLimited(promotion);
  });
}

/** The first promotion that cannot be taken, so that none is. */
function firstRefusal(book: RedemptionBook, request: TakeRequest): { promotionId: string; reason: RefusalReason } | undefined {
  for (const promotionId of idsOf(request.coupons)) {
    const reason = refusalOf(book, promotionId, request);
    if (reason) return { promotionId, reason };
  }
  return undefined;
}

function refusalOf(book: RedemptionBook, promotionId: string, { companyId, customerId }: TakeRequest): RefusalReason | undefined {
  const promotion = book.promotions.get(promotionId);
  if (!promotion || promotion.companyId !== companyId) return 'unknown';
  const { isActive, to, limitTotal, limitPerCustomer } = promotion;
  if (!isActive || (to !== undefined && to.getTime() + book.graceMs <= book.now.getTime())) return 'expired';
  const used = (key: string) => book.usage.get(key)?.used ?? 0;
  if (limitTotal !== undefined && used(totalKey(promotionId)) >= limitTotal) return 'limit_reached';
  if (limitPerCustomer === undefined) return undefined;
  // Uses of a buyer who is not known cannot be counted, so they cannot be kept within a limit either.
  const isWithin = customerId !== undefined && used(customerKey(promotionId, customerId)) < limitPerCustomer;
  return isWithin ? undefined : 'customer_limit_reached';
}

/** Counts a use up or down, in all and, where the buyer is known, by customer. */
function count(
  book: RedemptionBook,
  use: { promotionId: string; companyId: string; customerId: string | undefined },
  by: 1 | -1,
): void {
  const { promotionId, companyId, customerId } = use;
  const keys = [
    { _id: totalKey(promotionId) },
    ...(customerId === undefined ? [] : [{ _id: customerKey(promotionId, customerId), customerId }]),
  ];
  for (const key of keys) {
    const known = book.usage.get(key._id) ?? { ...key, companyId, promotionId, used: 0, ver: 0 };
    book.usage.set(key._id, { ...known, used: known.used + by });
  }
}
