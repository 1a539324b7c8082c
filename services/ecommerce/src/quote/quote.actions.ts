import type { Place, Quote } from '@souk/contracts';
import type { Context } from '@souk/service-kit';
import { newId, sealJson } from '@souk/service-kit';
import { findShops, getTradingCompany } from '../company/company.actions.ts';
import { config } from '../config.ts';
import { basketTooLarge, couponNotValid, lineUnavailable, shippingUnavailable } from '../errors.ts';
import type { Offer, Wanted } from '../product/offer.rules.ts';
import { findOffers } from '../product/offers.ts';
import type { Uses } from '../promotion/promotion.actions.ts';
import { findRunningPromotions, withUsesLeft } from '../promotion/promotion.actions.ts';
import type { Promotion } from '../promotion/promotion.rules.ts';
import { codeKeyOf } from '../promotion/promotion.rules.ts';
import type { BasketLine, Explanation, PricedBasket } from './quote.rules.ts';
import { priceBasket } from './quote.rules.ts';
import type { ShippingOption } from './shipping.rules.ts';

/** Above this, sums with the highest tax could leave the safe integers. Minor units. */
const MOST_WORTH = 10_000_000_000_000;

/** A basket of one shop that is to be priced. */
export interface QuoteRequest {
  shopId: string;
  /** A line of an order keeps its id. */
  lines: readonly (Omit<Wanted, 'shopId'> & { quantity: number; lineId?: string | undefined })[];
  couponCode?: string | undefined;
  /** Refuses a code that is not valid here; else it is passed over, because it may be another company's in the cart. */
  isCouponRequired: boolean;
  customerId?: string | undefined;
  /** The order that is priced anew: what it holds of limited promotions is free for it. */
  orderId?: string | undefined;
  /** Uses of promotions on the other quotes of the same cart. */
  promised?: Uses | undefined;
  destination: Place;
  shippingMethod?: string | undefined;
}

export interface SignedQuote {
  quote: Quote;
  /** The quote as a JWS that sales takes as proof. */
  signed: string;
  shippingOptions: ShippingOption[];
  explain: Explanation[];
}

type Available = Extract<Offer, { unavailable?: undefined }>;

/**
 * Prices a basket with promotions, tax and shipping, and signs it. Throws 409 when a line, the code or the way to send it cannot be had,
 * naming them, and 402 when the company is suspended.
 */
export async function quoteBasket(request: QuoteRequest, ctx: Context): Promise<SignedQuote> {
  const { shopId, customerId, destination } = request;
  const offers = requireAvailable(request, await findOffers(wantedOf(request), ctx));
  const companyId = companyOf(offers);
  const { settings } = await getTradingCompany(companyId, ctx);
  const shop = (await findShops([shopId], ctx)).get(shopId);
  const lines = offers.map((offer, index) => basketLineOf(offer, request.lines[index]));
  if (lines.reduce((worth, { unitPrice, quantity }) => worth + unitPrice * quantity, 0) > MOST_WORTH) throw basketTooLarge();
  const promotions = await promotionsFor(request, companyId, ctx);
  const origin = { country: shop?.country, state: shop?.state };
  const priced = priceBasket({ lines, promotions, settings, destination, origin, shippingMethod: request.shippingMethod });
  requireCoupon(request, promotions, priced);
  requireShipping(request, priced);
  const ttlSeconds = config.of(ctx).QUOTE_TTL_SECONDS;
  const now = ctx.now();
  const quote: Quote = {
    quoteId: newId(),
    companyId,
    shopId,
    ...(customerId && { customerId }),
    currency: settings.currency,
    lines: priced.lines,
    pricing: priced.pricing,
    coupons: priced.coupons,
    ...(priced.shipping && { shippingMethod: priced.shipping.name, shippingKind: priced.shipping.kind }),
    ...(destination.country && { country: destination.country }),
    ...(destination.state && { state: destination.state }),
    validUntil: new Date(now.getTime() + ttlSeconds * 1000).toISOString(),
  };
  const signed = sealJson({ quote }, config.of(ctx)['quote-key'], { audience: 'quote', now, ttlSeconds });
  return { quote, signed, shippingOptions: priced.shippingOptions, explain: priced.explain };
}

const wantedOf = ({ shopId, lines }: QuoteRequest): Wanted[] => lines.map((line) => ({ ...line, shopId }));

function requireAvailable({ lines }: QuoteRequest, offers: readonly Offer[]): Available[] {
  const missing = offers.flatMap(({ variant, unavailable }, index) =>
    unavailable === undefined
      ? []
      : [{ index, productId: lines[index]?.productId, sku: variant?.sku ?? lines[index]?.sku, reason: unavailable }],
  );
  if (missing.length > 0) {
    throw lineUnavailable(missing.map(({ sku, productId, reason }) => `${sku ?? productId}: ${reason}`).join(', '), {
      lines: missing,
    });
  }
  return offers.filter((offer): offer is Available => offer.unavailable === undefined);
}

/** All of a basket is one company's: a shop that is not known here yet could be named by products of two. */
function companyOf(offers: readonly Available[]): string {
  const [companyId, other] = [...new Set(offers.map(({ product }) => product.companyId))];
  if (companyId === undefined || other !== undefined) throw lineUnavailable('The products are not all of one company');
  return companyId;
}

function basketLineOf({ product, variant }: Available, wanted: QuoteRequest['lines'][number] | undefined): BasketLine {
  const { variantId, sku, price, weightGrams, tracked, backorderable, options } = variant;
  const described = Object.values(options).join(', ');
  return {
    lineId: wanted?.lineId ?? newId(),
    productId: product._id,
    variantId,
    sku,
    name: described ? `${product.name} (${described})` : product.name,
    quantity: wanted?.quantity ?? 0,
    unitPrice: price,
    weightGrams,
    taxClass: product.taxClass,
    categoryIds: product.categoryIds,
    tracked,
    backorder: backorderable,
  };
}

async function promotionsFor(
  { couponCode, customerId, orderId, promised, isCouponRequired }: QuoteRequest,
  companyId: string,
  ctx: Context,
): Promise<Promotion[]> {
  const running = await findRunningPromotions(companyId, couponCode, ctx);
  // A code for an amount is worth that amount once, into however many shops the cart is split.
  const open = running.filter(({ _id, kind, code }) => code === undefined || kind !== 'fixed' || !promised?.has(_id));
  const left = await withUsesLeft(open, { customerId, orderId, promised }, ctx);
  const isNamed = couponCode === undefined || left.some(({ codeKey }) => codeKey === codeKeyOf(couponCode));
  if (!isNamed && isCouponRequired) throw couponNotValid();
  return left;
}

function requireCoupon(
  { couponCode, isCouponRequired }: QuoteRequest,
  promotions: readonly Promotion[],
  { pricing }: PricedBasket,
): void {
  if (couponCode === undefined || !isCouponRequired) return;
  const named = promotions.find(({ codeKey }) => codeKey === codeKeyOf(couponCode));
  if (named && pricing.subtotal < named.minimumSubtotal) {
    throw couponNotValid('The basket is below the minimum of the code', { minimumSubtotal: named.minimumSubtotal });
  }
}

function requireShipping({ destination, shippingMethod }: QuoteRequest, { shipping, shippingOptions }: PricedBasket): void {
  const isAsked = destination.country !== undefined || shippingMethod !== undefined;
  if (!shipping && isAsked) throw shippingUnavailable(undefined, { shippingOptions });
}
