import { orderProcessing } from '@souk/contracts';
import type { TestService } from '@souk/testing';
import { startTestService } from '@souk/testing';
import { defineConfig, defineService, endpoint, newId, readLog, services } from '../src/index.ts';

const service = defineService({
  name: 'sales',
  purpose: 'Logs facts, to try reading them back.',
  port: 8005,
  config: defineConfig({}),
  publishes: [orderProcessing],
  endpoints: [
    endpoint({
      method: 'POST',
      path: '/facts',
      summary: 'Logs 250 facts.',
      access: services(),
      run: (_input, ctx) =>
        ctx.transaction(async (tx) => {
          for (let count = 0; count < 250; count += 1)
            tx.publish(orderProcessing, { subject: newId(), version: 1, data: orderProcessing.example });
        }),
    }),
  ],
});

describe('reading a producer’s log', () => {
  let sales: TestService;

  beforeAll(async () => {
    sales = await startTestService(service);
    sales.sidecar.onInvoke('sales', async ({ method, path, body }) => {
      const answer = await sales.request(method, path, { app: 'analytics', body });
      return { status: answer.status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(answer.body) };
    });
    await sales.request('POST', '/facts', { app: 'analytics' });
    await sales.published(orderProcessing);
  });
  afterAll(() => sales.stop());

  const page = (after: number, types = ['order.processing']) =>
    readLog(sales.running.runtime.invoke, { producer: 'sales', types, after });

  it('gives pages of 200, oldest first and marked, until it is empty', async () => {
    const first = await page(0);
    expect(first.map(({ position }) => position)).toEqual(Array.from({ length: 200 }, (_, index) => index + 1));
    expect(first.every(({ replay }) => replay === true)).toBe(true);
    expect(first[0]?.data).toEqual(orderProcessing.example);
    expect(await page(200)).toHaveLength(50);
    expect(await page(250)).toEqual([]);
  });

  it('gives the types that are asked for', async () => {
    expect(await page(0, ['order.created'])).toEqual([]);
  });
});
