import { z } from 'zod';

const CURRENCIES = new Set(Intl.supportedValuesOf('currency'));

/** An ISO 4217 code, upper case. */
export const currency = z
  .string()
  .regex(/^[A-Z]{3}$/)
  .refine((code) => CURRENCIES.has(code), 'not an ISO 4217 currency code');

/** Minor units (cents, yen, fils) as a safe integer; negative only where a schema allows it. */
export const minorUnits = z.int();

export const money = z.strictObject({ amount: minorUnits, currency });
export type Money = z.infer<typeof money>;

/** A rate in basis points: 10,000 is 100 %. */
export const basisPoints = z.int().min(0).max(1_000_000);

/** Currencies of ISO 4217 without two decimals. ICU's own table has what shops print instead: no decimals for HUF, IDR or IQD. */
const DIGITS = new Map([
  ...'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'.split(' ').map((code) => [code, 0] as const),
  ...'BHD IQD JOD KWD LYD OMR TND'.split(' ').map((code) => [code, 3] as const),
  ...'CLF UYW'.split(' ').map((code) => [code, 4] as const),
]);

/** Digits after the decimal point in `code` by ISO 4217: 2 for USD, 0 for JPY, 3 for KWD. */
export function currencyDigits(code: string): number {
  return DIGITS.get(code) ?? 2;
}

export class CurrencyMismatch extends Error {
  constructor(left: string, right: string) {
    super(`cannot add ${right} to ${left}`);
  }
}

/** The sum of amounts of one currency. Throws CurrencyMismatch on a second one. */
export function addMoney(first: Money, ...rest: Money[]): Money {
  let amount = first.amount;
  for (const next of rest) {
    if (next.currency !== first.currency) throw new CurrencyMismatch(first.currency, next.currency);
    amount += next.amount;
  }
  return { amount, currency: first.currency };
}

/** `amount` minor units times a rate in basis points, rounded half away from zero to a minor unit. Exact: computed in integers. */
export function applyRate(amount: number, rate: number): number {
  const product = BigInt(Math.abs(amount)) * BigInt(rate);
  const rounded = Number((product + 5_000n) / 10_000n);
  return amount < 0 ? 0 - rounded : rounded;
}

/** The tax inside a tax-inclusive `amount` at `rate` basis points: amount - amount / (1 + rate), rounded half away from zero. */
export function includedTax(amount: number, rate: number): number {
  const divisor = 10_000n + BigInt(rate);
  const product = BigInt(Math.abs(amount)) * BigInt(rate);
  const rounded = Number((2n * product + divisor) / (2n * divisor));
  return amount < 0 ? 0 - rounded : rounded;
}

/**
 * Splits `amount` minor units in proportion to `weights` so that the parts sum to it exactly (largest remainder method:
 * each part is rounded down, the units left go to the largest remainders, the earliest first).
 * All weights zero splits evenly. Throws RangeError when there are no weights or one is negative.
 */
export function allocate(amount: number, weights: readonly number[]): number[] {
  if (weights.length === 0 || weights.some((weight) => weight < 0))
    throw new RangeError('weights must be non-negative and not empty');
  const even = weights.every((weight) => weight === 0);
  const shares = weights.map((weight) => BigInt(even ? 1 : weight));
  const whole = shares.reduce((sum, share) => sum + share, 0n);
  const magnitude = BigInt(Math.abs(amount));
  const parts = shares.map((share) => (magnitude * share) / whole);
  const remainders = shares.map((share, index) => ({ index, remainder: (magnitude * share) % whole }));
  remainders.sort((a, b) => (a.remainder === b.remainder ? a.index - b.index : a.remainder > b.remainder ? -1 : 1));
  let left = magnitude - parts.reduce((sum, part) => sum + part, 0n);
  for (const { index } of remainders) {
    if (left === 0n) break;
    parts[index] = (parts[index] ?? 0n) + 1n;
    left -= 1n;
  }
  return parts.map((part) => (amount < 0 ? 0 - Number(part) : Number(part)));
}

/** `{12999, USD}` as a person reads it: `$129.99`. */
export function formatMoney({ amount, currency: code }: Money, locale = 'en'): string {
  const digits = currencyDigits(code);
  const format = { style: 'currency', currency: code, minimumFractionDigits: digits, maximumFractionDigits: digits } as const;
  return new Intl.NumberFormat(locale, format).format(amount / 10 ** digits);
}
