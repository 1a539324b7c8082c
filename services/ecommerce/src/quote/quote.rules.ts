import type { CompanySettings, OrderCoupon, OrderLine, OrderPricing, Place } from '@souk/contracts';
import type { Promotion } from '../promotion/promotion.rules.ts';
import type { AppliedPromotion } from './discount.rules.ts';
import { applyPromotions, sum } from './discount.rules.ts';
import type { ShippingOption } from './shipping.rules.ts';
import { chooseShipping, shippingOptionsOf } from './shipping.rules.ts';
import { shippingTaxRateOf, taxed, taxRateOf, taxZoneOf } from './tax.rules.ts';

/** A line to price: what the catalogue says of it now. */
export interface BasketLine {
  lineId: string;
  productId: string;
  variantId: string;
  sku: string;
  name: string;
  quantity: number;
  unitPrice: number;
  weightGrams: number;
  taxClass: string;
  categoryIds: readonly string[];
  tracked: boolean;
  backorder: boolean;
}

export interface Basket {
  lines: readonly BasketLine[];
  promotions: readonly Promotion[];
  settings: Pick<CompanySettings, 'taxInclusive' | 'taxZones' | 'shippingZones'>;
  /** Where it goes. */
  destination: Place;
  /** Where the shop is: what counts when the buyer picks up or has not said where to. */
  origin: Place;
  /** Name or id of the way to send it; the cheapest where absent. */
  shippingMethod?: string | undefined;
}

/** One reason for a part of the total. `included` ones are inside other amounts; all others sum to the total. */
export interface Explanation {
  kind: 'base' | 'promotion' | 'tax' | 'shipping' | 'shipping_tax';
  lineId?: string | undefined;
  promotionId?: string | undefined;
  label: string;
  /** Basis points, of a tax. */
  rate?: number | undefined;
  amount: number;
  included: boolean;
}

export interface PricedBasket {
  lines: OrderLine[];
  pricing: OrderPricing;
  coupons: OrderCoupon[];
  /** Undefined when nothing reaches the place that way. */
  shipping: ShippingOption | undefined;
  shippingOptions: ShippingOption[];
  explain: Explanation[];
}

/**
 * Prices a basket to the minor unit. The total is that of the lines and of shipping, whose tax is on top where prices are without tax;
 * each discount is split over its lines, each line taxed on what is left of it.
 */
export function priceBasket(basket: Basket): PricedBasket {
  const { lines, settings, destination, origin } = basket;
  const bases = lines.map(({ unitPrice, quantity }) => unitPrice * quantity);
  const applied = applyPromotions(
    lines.map((line, index) => ({ ...line, base: bases[index] ?? 0 })),
    basket.promotions,
  );
  const nets = bases.map((base, index) => base - sum(applied.map(({ parts }) => parts[index] ?? 0)));
  const weightGrams = sum(lines.map((line) => line.weightGrams * line.quantity));
  const place = destination.country === undefined ? origin : destination;
  const shippingOptions = shippingOptionsOf(settings, destination, { weightGrams, total: sum(nets) });
  const shipping = chooseShipping(shippingOptions, basket.shippingMethod);
  const zone = taxZoneOf(settings, shipping?.kind === 'pickup' && origin.country !== undefined ? origin : place);
  const priced = lines.map((line, index) => {
    const rate = taxRateOf(zone, line.taxClass);
    const net = nets[index] ?? 0;
    return {
      line,
      base: bases[index] ?? 0,
      discount: (bases[index] ?? 0) - net,
      rate,
      ...taxed(net, rate, settings.taxInclusive),
    };
  });
  const carriage = { price: shipping?.price ?? 0, rate: shippingTaxRateOf(zone) };
  const carried = taxed(carriage.price, carriage.rate, settings.taxInclusive);
  return {
    lines: priced.map(orderLineOf),
    pricing: {
      subtotal: sum(bases),
      discount: sum(priced.map(({ discount }) => discount)),
      shipping: carriage.price,
      tax: sum(priced.map(({ tax }) => tax)) + carried.tax,
      total: sum(priced.map(({ total }) => total)) + carried.total,
    },
    coupons: applied.map(({ promotion, discount }) => ({
      promotionId: promotion._id,
      ...(promotion.code && { code: promotion.code }),
      discount,
    })),
    shipping,
    shippingOptions,
    explain: [
      ...priced.flatMap((each, index) => explainLine(each, index, { applied, included: settings.taxInclusive })),
      ...explainShipping(shipping, { rate: carriage.rate, tax: carried.tax }, settings.taxInclusive),
    ],
  };
}

interface PricedLine {
  line: BasketLine;
  base: number;
  discount: number;
  rate: number;
  tax: number;
  total: number;
}

function orderLineOf({ line, discount, tax, total }: PricedLine): OrderLine {
  const { lineId, productId, variantId, sku, name, quantity, unitPrice, tracked, backorder } = line;
  return { lineId, productId, variantId, sku, name, quantity, unitPrice, discount, tax, total, tracked, backorder };
}

function explainLine(
  priced: PricedLine,
  index: number,
  by: { applied: readonly AppliedPromotion[]; included: boolean },
): Explanation[] {
  const { lineId, name, quantity, unitPrice, taxClass } = priced.line;
  const promotions = by.applied.flatMap(({ promotion, parts }): Explanation[] => {
    const part = parts[index] ?? 0;
    return part === 0
      ? []
      : [{ kind: 'promotion', lineId, promotionId: promotion._id, label: promotion.name, amount: -part, included: false }];
  });
  return [
    { kind: 'base', lineId, label: `${name}: ${quantity} x ${unitPrice}`, amount: priced.base, included: false },
    ...promotions,
    ...(priced.rate === 0
      ? []
      : [{ kind: 'tax' as const, lineId, label: taxClass, rate: priced.rate, amount: priced.tax, included: by.included }]),
  ];
}

function explainShipping(
  shipping: ShippingOption | undefined,
  { rate, tax }: { rate: number; tax: number },
  included: boolean,
): Explanation[] {
  if (!shipping) return [];
  const base: Explanation = { kind: 'shipping', label: shipping.name, amount: shipping.price, included: false };
  return tax === 0 ? [base] : [base, { kind: 'shipping_tax', label: shipping.name, rate, amount: tax, included }];
}
