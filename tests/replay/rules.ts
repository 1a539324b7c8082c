import type { RetailLine } from './retail-file.ts';

/** What becomes of a line; each line falls under exactly one rule, so that nothing is dropped. */
export const RULES = {
  sold: 'a line of an order',
  gift: 'a line of an order, at no price, because a customer got it',
  service: 'a line of an order, without stock: the code is no product',
  write_off: 'an adjustment that takes goods off the shelf: a negative line that is no cancellation',
  found: 'an adjustment that puts goods on the shelf: neither a price nor a customer',
  return: 'set aside: returns an earlier purchase of the buyer',
  goodwill: 'set aside: a refund without an earlier purchase to return',
  correction: 'set aside: books a service that was not sold',
} as const;
export type Rule = keyof typeof RULES;

/** Codes of the wholesaler's books that are charges, discounts and fees. Vouchers have a code for each value. */
const SERVICES = new Set(['POST', 'DOT', 'C2', 'M', 'D', 'S', 'B', 'CRUK', 'AMAZONFEE', 'BANK CHARGES', 'ADJUST']);
export const isService = (code: string): boolean => SERVICES.has(code) || code.startsWith('GIFT_');

const isCancellation = ({ invoiceNo }: RetailLine): boolean => invoiceNo.startsWith('C');
const isUnsold = ({ quantity, unitPrice, customer }: RetailLine): boolean =>
  quantity < 0 || (unitPrice === 0 && customer === undefined);

export interface RuledLine extends RetailLine {
  rule: Rule;
}

/** Puts each line under its rule, in the file's sequence: what a cancellation returns depends on what was bought before. */
export function applyRules(lines: readonly RetailLine[]): RuledLine[] {
  const purchases = new Map<string, number[]>();
  return lines.map((line) => {
    const rule = isCancellation(line) ? ruleOfCancellation(purchases, line) : ruleOfInvoice(line);
    if (!isCancellation(line) && !isUnsold(line)) boughtBy(purchases, line).push(line.quantity);
    return { ...line, rule };
  });
}

function ruleOfInvoice(line: RetailLine): Rule {
  if (isUnsold(line)) {
    if (isService(line.code)) return 'correction';
    return line.quantity < 0 ? 'write_off' : 'found';
  }
  if (isService(line.code)) return 'service';
  return line.unitPrice === 0 ? 'gift' : 'sold';
}

/** Guests count as one buyer: who of them came back is not written. */
function boughtBy(purchases: Map<string, number[]>, { customer = 'guests', code }: RetailLine): number[] {
  const name = `${customer}:${code}`;
  const bought = purchases.get(name) ?? [];
  purchases.set(name, bought);
  return bought;
}

/** Takes what comes back from the latest purchases that have pieces left; a line that finds too few finds none. */
function ruleOfCancellation(purchases: Map<string, number[]>, line: RetailLine): Rule {
  const bought = boughtBy(purchases, line);
  let rest = Math.abs(line.quantity);
  if (bought.reduce((sum, left) => sum + left, 0) < rest) return 'goodwill';
  for (let latest = bought.length - 1; rest > 0; latest -= 1) {
    const taken = Math.min(rest, bought[latest] ?? 0);
    bought[latest] = (bought[latest] ?? 0) - taken;
    rest -= taken;
  }
  return 'return';
}
