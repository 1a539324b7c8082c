import type { RetailLine } from '../retail-file.ts';
import type { Rule } from '../rules.ts';
import { applyRules } from '../rules.ts';

const line = (fields: Partial<RetailLine>): RetailLine => {
  const code = fields.code ?? '10001';
  const like = { number: 2, invoiceNo: '9001', description: 'LAMP', quantity: 1, soldAt: '2010-12-01 08:26:00', unitPrice: 250 };
  return { ...like, customer: '501', ...fields, code, writtenCode: code };
};
const rulesOf = (...lines: Partial<RetailLine>[]): Rule[] => applyRules(lines.map(line)).map(({ rule }) => rule);

test.each<[string, Partial<RetailLine>, Rule]>([
  ['a priced line', {}, 'sold'],
  ["a guest's priced line", { customer: undefined }, 'sold'],
  ['a free line of a customer', { unitPrice: 0 }, 'gift'],
  ['a free line of nobody', { unitPrice: 0, customer: undefined }, 'found'],
  ['a negative line of nobody', { quantity: -3, unitPrice: 0, customer: undefined }, 'write_off'],
  ['a negative line with price and customer', { quantity: -3 }, 'write_off'],
  ['postage', { code: 'POST' }, 'service'],
  ['a voucher', { code: 'GIFT_0001_20' }, 'service'],
  ['postage that a customer got for nothing', { code: 'POST', unitPrice: 0 }, 'service'],
  ['a negative fee', { code: 'AMAZONFEE', quantity: -1 }, 'correction'],
  ['a free fee of nobody', { code: 'M', unitPrice: 0, customer: undefined }, 'correction'],
  ['a product whose code has letters only in front', { code: 'DCGS0003' }, 'sold'],
  ['a cancellation of what was never bought', { invoiceNo: 'C9002', quantity: -1 }, 'goodwill'],
])('%s', (_case, fields, rule) => {
  expect(rulesOf(fields)).toEqual([rule]);
});

const cancel = (quantity: number, fields: Partial<RetailLine> = {}) => ({ invoiceNo: 'C9002', quantity: -quantity, ...fields });

test('a cancellation returns only what is left of earlier purchases, latest first', () => {
  expect(rulesOf({ quantity: 6 }, { quantity: 2 }, cancel(7), cancel(2), cancel(1), cancel(1)).slice(2)).toEqual([
    'return',
    'goodwill',
    'return',
    'goodwill',
  ]);
});

test('a cancellation before the purchase, of another code or of another customer returns nothing', () => {
  expect(rulesOf(cancel(1), {})).toEqual(['goodwill', 'sold']);
  expect(rulesOf({}, cancel(1, { code: '10002' }))).toEqual(['sold', 'goodwill']);
  expect(rulesOf({}, cancel(1, { customer: '502' }))).toEqual(['sold', 'goodwill']);
  expect(rulesOf({}, cancel(1, { customer: undefined }))).toEqual(['sold', 'goodwill']);
});

test('guests return what guests bought, gifts and services can be returned, corrections of stock cannot', () => {
  expect(rulesOf({ customer: undefined }, cancel(1, { customer: undefined }))).toEqual(['sold', 'return']);
  expect(rulesOf({ unitPrice: 0 }, cancel(1))).toEqual(['gift', 'return']);
  expect(rulesOf({ code: 'POST' }, cancel(1, { code: 'POST' }))).toEqual(['service', 'return']);
  const found = { unitPrice: 0, customer: undefined };
  expect(rulesOf(found, cancel(1, { customer: undefined }))).toEqual(['found', 'goodwill']);
});
