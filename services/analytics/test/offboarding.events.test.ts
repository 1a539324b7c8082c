import { companyCreated, productCreated } from '@souk/contracts';
import { newId } from '@souk/service-kit';
import type { TestService } from '@souk/testing';
import { deleteCompany, envelopeFor, holdingsOf, purgeCompanies, startTestService, superAdmin } from '@souk/testing';
import { knownOrders } from '../src/order/order.store.ts';
import { service } from '../src/service.ts';
import { keepLogs } from './logs.ts';
import { confirmed } from './orders.ts';

let analytics: TestService;
const [gone, left] = [newId(), newId()];
const history = [gone, left].flatMap((companyId) => [
  envelopeFor(companyCreated, { ...companyCreated.example, companyId }),
  envelopeFor(productCreated, { ...productCreated.example, companyId, productId: newId() }),
  confirmed({ companyId, shopId: newId() }),
]);
const ALL = { rollups: 1, product_rollups: 1, companies: 1, products: 1 };

const held = async (companyId: string) => {
  const { changed_dashboards: _told, ...rest } = await holdingsOf(analytics, companyId);
  return rest;
};
const orders = (companyId: string) => analytics.db(knownOrders).count({ 'sale.companyId': companyId });

beforeAll(async () => {
  analytics = await startTestService(service);
  expect(new Set(await analytics.deliverAll(history))).toEqual(new Set(['SUCCESS']));
  expect(await deleteCompany(analytics, gone)).toBe('SUCCESS');
});
afterAll(() => analytics.stop());

test('the figures of a deleted company are purged when due, and those of another are not', async () => {
  expect([await held(gone), await orders(gone)]).toEqual([ALL, 1]);
  await purgeCompanies(analytics);
  expect([await held(gone), await orders(gone)]).toEqual([{}, 0]);
  expect([await held(left), await orders(left)]).toEqual([ALL, 1]);
});

test('a rebuild, which reads of them again, does not bring them back', async () => {
  keepLogs(analytics, history);
  await analytics.request('POST', '/analytics/rebuild', { as: superAdmin() });
  await analytics.runJob('rebuild');
  expect(await held(gone)).toEqual(ALL);
  await analytics.runJob('purge-deleted-companies');
  expect([await held(gone), await orders(gone)]).toEqual([{}, 0]);
  // Of the other the figures of before stand beside the new ones until nobody reads them any more.
  expect(await held(left)).toMatchObject({ companies: 1, products: 1, rollups: 2 });
});
