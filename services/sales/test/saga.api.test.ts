import type { TestService } from '@souk/testing';
import type { Order } from '../src/order.model.ts';
import { orders } from '../src/order.store.ts';
import { createdOrder, lineOf, startSales } from './order.fixture.ts';

describe('what a scrape tells of orders under way', () => {
  let app: TestService;
  const secondsAgo = (seconds: number) => new Date(Date.now() - seconds * 1000);
  const later = new Date(Date.now() + 3_600_000);
  const order = (seconds: number, said: Partial<Order>) =>
    createdOrder({ lines: [lineOf('MUG', 1, 3_000)], holdUntil: later, placedAt: secondsAgo(seconds), ...said });

  async function scrape(): Promise<Record<string, number>> {
    const { body } = await app.request('GET', '/metrics');
    const lines = [...String(body).matchAll(/^souk_saga_(\w+)\{phase="(\w+)",service="sales"\} (\S+)$/gm)];
    return Object.fromEntries(lines.map(([, name, phase, value]) => [`${name} ${phase}`, Number(value)]));
  }

  beforeAll(async () => {
    ({ app } = await startSales());
  });
  afterAll(() => app.stop());

  it('is zero for each phase while there are none', async () => {
    const names = ['open', 'oldest_age_seconds', 'overdue_seconds', 'most_asks'];
    const none = names.flatMap((name) => [`${name} open`, `${name} paying`]).map((line) => [line, 0]);
    expect(await scrape()).toEqual(Object.fromEntries(none));
  });

  it('is how many there are in each phase and for how long the oldest has been, ended ones left out', async () => {
    const nextDeadlineAt = later;
    await app
      .db(orders)
      .insertMany([
        order(100, { orderNumber: 'SO-1', nextDeadlineAt }),
        order(300, { orderNumber: 'SO-2', nextDeadlineAt }),
        order(50, { orderNumber: 'SO-3', nextDeadlineAt, phase: 'paying', holdUntil: secondsAgo(100), asks: 4 }),
        order(50, { orderNumber: 'SO-4', nextDeadlineAt, phase: 'paying', asks: 2 }),
        order(900, { orderNumber: 'SO-5', phase: 'done', holdUntil: secondsAgo(800), asks: 9 }),
      ]);
    const { 'oldest_age_seconds open': open = 0, 'oldest_age_seconds paying': paying = 0, ...others } = await scrape();
    const { 'overdue_seconds paying': overdue = 0, ...counts } = others;
    expect(counts).toEqual({
      'open open': 2,
      'open paying': 2,
      'overdue_seconds open': 0,
      'most_asks open': 0,
      'most_asks paying': 4,
    });
    expect([open, paying, overdue].map((seconds) => Math.floor(seconds / 30))).toEqual([10, 1, 3]);
  });
});
