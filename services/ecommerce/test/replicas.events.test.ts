import { randomUUID } from 'node:crypto';
import { companyCreated, orderCreated, promotionRedeemed } from '@souk/contracts';
import type { TestService } from '@souk/testing';
import { eventually, startTestService } from '@souk/testing';
import { promotionUsage } from '../src/promotion/promotion.store.ts';
import { service } from '../src/service.ts';
import type { OpenedCompany } from './catalogue.ts';
import { openCompany, promote, QUOTE_KEY, sell, settings } from './catalogue.ts';

let replicas: [TestService, TestService];
let north: OpenedCompany;

/** Two processes' worth of the service on one database, each beside a sidecar of its own. */
beforeAll(async () => {
  const [base = '', query = ''] = String(process.env.SOUK_TEST_MONGODB).split('/?');
  const secrets = { 'quote-key': QUOTE_KEY, 'mongodb-uri': `${base}/r${randomUUID().slice(0, 8)}?${query}` };
  const start = (INSTANCE: string) => startTestService(service, { env: { INSTANCE, SEARCH_POLL_MS: '100' }, secrets });
  replicas = [await start('one'), await start('two')];
  north = await openCompany(replicas[0]);
});
afterAll(() => Promise.all(replicas.map((replica) => replica.stop())));

describe('two replicas', () => {
  it('never take more of a promotion than there are, both at once', async () => {
    const { id } = await promote(replicas[0], north, { limitTotal: 30 });
    const orders = Array.from({ length: 100 }, () => ({
      ...orderCreated.example,
      orderId: randomUUID(),
      companyId: north.companyId,
      customerId: randomUUID(),
      coupons: [{ promotionId: id, discount: 1 }],
    }));
    const statuses = await Promise.all(orders.map((order, index) => replicas[index % 2 ? 1 : 0].deliver(orderCreated, order)));
    expect(new Set(statuses)).toEqual(new Set(['SUCCESS']));
    expect((await replicas[0].db(promotionUsage).findOne({ _id: id }))?.used).toBe(30);
    const redeemed = await Promise.all(replicas.map((replica) => replica.published(promotionRedeemed)));
    expect(redeemed.flat()).toHaveLength(30);
  });

  it('find what the other one wrote, and no longer what it removed, without being told', async () => {
    const product = await sell(replicas[0], north, { name: 'Mortar' });
    const find = async () =>
      (await replicas[1].request('GET', '/products?q=mortar')).body.data.map(({ id }: { id: string }) => id);
    await eventually(async () => expect(await find()).toEqual([product.id]));
    await replicas[0].request('DELETE', `/products/${product.id}`, { as: north.admin });
    await eventually(async () => expect((await replicas[1].request('GET', '/products?q=mortar')).body.total).toBe(0));
  });

  it('keep one word of a company that both hear of at once', async () => {
    const profile = { ...north.profile, companyId: randomUUID(), settings, createdAt: new Date().toISOString() };
    const heard = await Promise.all(replicas.map((replica) => replica.deliver(companyCreated, profile, { sequence: 1_000 })));
    // The one that came second may be asked to come again: it finds then that all is known.
    expect(heard).toContain('SUCCESS');
  });
});
