import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { londonInstant } from '../london.ts';
import { planReplay } from '../plan.ts';
import { readRetailFile } from '../retail-file.ts';
import { salesByDay, salesBySku, stockBySku } from '../sums.ts';

const made = readRetailFile(readFileSync(join(import.meta.dirname, '..', 'made.csv'), 'utf8'));
const plan = planReplay(made);
const order = (externalId: string) => plan.orders.find((each) => each.externalId === externalId);
const product = (sku: string) => plan.products.find((each) => each.sku === sku);

test.each([
  ['in winter', '2010-12-01 08:26:00', '2010-12-01T08:26:00.000Z'],
  ['in summer', '2010-07-01 00:30:00', '2010-06-30T23:30:00.000Z'],
  ['before clocks go forward', '2010-03-28 00:59:59', '2010-03-28T00:59:59.000Z'],
  ['after clocks went forward', '2010-03-28 02:00:00', '2010-03-28T01:00:00.000Z'],
  ['before clocks go back', '2010-10-31 00:59:00', '2010-10-30T23:59:00.000Z'],
  ['after clocks went back', '2010-10-31 02:00:00', '2010-10-31T02:00:00.000Z'],
])('finds the instant of a time in London %s', (_case, wall, instant) => {
  expect(londonInstant(wall)).toBe(instant);
});

test('takes each line of the made file by one rule', () => {
  expect(plan.counts).toEqual({
    ...{ sold: 35, gift: 1, service: 7, write_off: 3, found: 3, return: 5, goodwill: 5, correction: 1 },
  });
  expect(Object.values(plan.counts).reduce((sum, count) => sum + count, 0)).toBe(made.length);
});

test('makes one product of codes that differ only in case, at the price asked most often', () => {
  expect(product('10005C')).toEqual({ sku: '10005C', name: 'CANDLE PLATE', price: 425, tracked: true });
  expect(plan.products.filter(({ sku }) => sku.toUpperCase() === '10016A')).toHaveLength(1);
  expect(product('10001')?.price).toBe(1_250);
});

test('names a product without any description by its code, and keeps services out of the stock', () => {
  expect(product('10006')?.name).toBe('10006');
  expect(product('BANK CHARGES')).toMatchObject({ tracked: false, price: 1_500 });
  expect([...stockBySku(plan).keys()]).not.toContain('BANK CHARGES');
});

test('keeps one sku twice in an invoice as two lines, at one price or at two', () => {
  expect(order('900012')?.lines.map(({ sku, quantity }) => [sku, quantity])).toEqual([
    ...[
      ['DOT', 1],
      ['10009', 3],
      ['10009', 1],
      ['10010', 2],
      ['10011', 2],
    ],
  ]);
  expect(order('900018')).toMatchObject({ total: 6 * 295 + 2 * 255, units: 8 });
});

test('makes no order of an invoice that only corrects stock, and no correction of one that sells as well', () => {
  expect(['900008', '900009', '900017', 'C900005'].map(order)).toEqual([undefined, undefined, undefined, undefined]);
  expect(order('900024')).toMatchObject({ units: 10, total: 1_950 });
  expect(plan.adjustments).toContainEqual({ sku: '10014', invoiceNo: '900024', delta: -4 });
});

test('counts an order on its day in London, whatever day it is in UTC, and by its first line', () => {
  expect(order('900022')).toMatchObject({ day: '2010-10-31', placedAt: '2010-10-30T23:20:00.000Z', customer: undefined });
  expect(order('900004')?.placedAt).toBe('2010-03-28T01:10:00.000Z');
  expect(salesByDay(plan).get('2010-10-31')).toEqual({ orders: 4, units: 24, gross: 4_974 });
});

test('receives what the file takes out, and is left with what it puts back', () => {
  const stock = stockBySku(plan);
  expect(stock.get('10004')).toEqual({ received: 83, shipped: 80, writtenOff: 3, found: 0, closing: 0 });
  expect(stock.get('10003')).toEqual({ received: 172, shipped: 172, writtenOff: 0, found: 6, closing: 6 });
  expect(stock.get('10007')).toEqual({ received: 0, shipped: 0, writtenOff: 0, found: 20, closing: 20 });
  expect(stock.has('10099')).toBe(false);
});

test('sells by sku what it sells by day', () => {
  const sum = (figures: Iterable<number>) => [...figures].reduce((total, one) => total + one, 0);
  const days = [...salesByDay(plan).values()];
  const skus = [...salesBySku(plan).values()];
  expect(sum(skus.map(({ revenue }) => revenue))).toBe(sum(days.map(({ gross }) => gross)));
  expect(sum(skus.map(({ units }) => units))).toBe(sum(days.map(({ units }) => units)));
});

test('plans the first invoices only, as if the file ended there', () => {
  const first = planReplay(made, 3);
  expect(first).toMatchObject({ invoices: 3, lines: 9, adjustments: [] });
  expect(first.orders.map(({ externalId }) => externalId)).toEqual(['900001', '900002', '900003']);
  expect(stockBySku(first).get('10001')?.received).toBe(8);
});
