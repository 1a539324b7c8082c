import { allocate, applyRate } from '@souk/contracts';
import type { Promotion } from '../promotion/promotion.rules.ts';

/** A line as discounts see it. */
export interface DiscountableLine {
  productId: string;
  categoryIds: readonly string[];
  /** unitPrice x quantity. */
  base: number;
}

/** What one promotion takes off each line, in the lines' sequence. */
export interface AppliedPromotion {
  promotion: Promotion;
  parts: number[];
  discount: number;
}

/**
 * The promotions that lower a basket most: either all that stack, percentages first, each on what the ones before left; or a single
 * one that does not. Those below their minimum or without a line to lower are passed over. Sums are exact: each discount is split over
 * its lines to the minor unit.
 */
export function applyPromotions(lines: readonly DiscountableLine[], promotions: readonly Promotion[]): AppliedPromotion[] {
  const subtotal = sum(lines.map(({ base }) => base));
  const eligible = promotions.filter(({ minimumSubtotal }) => subtotal >= minimumSubtotal).sort(byKindAndId);
  const choices = [
    eligible.filter(({ stackable }) => stackable),
    ...eligible.filter(({ stackable }) => !stackable).map((single) => [single]),
  ];
  const applied = choices.map((choice) => applyInTurn(lines, choice));
  return applied.reduce((best, next) => (discountOf(next) > discountOf(best) ? next : best), []);
}

function applyInTurn(lines: readonly DiscountableLine[], promotions: readonly Promotion[]): AppliedPromotion[] {
  let left = lines.map(({ base }) => base);
  const applied: AppliedPromotion[] = [];
  for (const promotion of promotions) {
    const weights = left.map((amount, index) => (isLowered(lines[index], promotion) ? amount : 0));
    const parts = partsOf(promotion, weights);
    const discount = sum(parts);
    if (discount === 0) continue;
    left = left.map((amount, index) => amount - (parts[index] ?? 0));
    applied.push({ promotion, parts, discount });
  }
  return applied;
}

function partsOf({ kind, value }: Promotion, weights: readonly number[]): number[] {
  const whole = sum(weights);
  if (whole === 0) return weights.map(() => 0);
  return allocate(kind === 'percent' ? applyRate(whole, value) : Math.min(value, whole), weights);
}

function isLowered(line: DiscountableLine | undefined, { productIds, categoryIds }: Promotion): boolean {
  if (!line) return false;
  if (productIds.length === 0 && categoryIds.length === 0) return true;
  return productIds.includes(line.productId) || line.categoryIds.some((categoryId) => categoryIds.includes(categoryId));
}

const byKindAndId = (a: Promotion, b: Promotion): number =>
  a.kind === b.kind ? (a._id < b._id ? -1 : 1) : a.kind === 'percent' ? -1 : 1;

const discountOf = (applied: readonly AppliedPromotion[]): number => sum(applied.map(({ discount }) => discount));

export const sum = (amounts: readonly number[]): number => amounts.reduce((total, amount) => total + amount, 0);
