import {
  paymentRefunded,
  paymentSuccess,
  shopCreated,
  shopDeleted,
  userDeactivated,
  userErased,
  userRegistered,
} from '@souk/contracts';
import { newId } from '@souk/service-kit';
import type { TestService } from '@souk/testing';
import { companyAdmin, envelopeFor, superAdmin } from '@souk/testing';
import { startCompany } from './running-company.ts';

let company: TestService;
let companyId: string;

beforeAll(async () => {
  company = await startCompany();
});
beforeEach(async () => {
  const { body } = await company.request('POST', '/companies', { as: superAdmin(), body: { name: `Counted ${newId()}` } });
  companyId = body.id;
});
afterAll(() => company.stop());

const stats = async () => (await company.request('GET', `/companies/${companyId}/stats`, { as: companyAdmin(companyId) })).body;
const paid = (fields: object = {}) => ({ ...paymentSuccess.example, companyId, orderId: newId(), paymentId: newId(), ...fields });

test('a company that has nothing yet has zeros', async () => {
  expect(await stats()).toEqual({ companyId, revenue: [], orders: 0, shops: 0, staff: 0, customers: 0 });
});

test('revenue is what was captured less what was given back, by currency, each fact once in any sequence', async () => {
  const buyer = newId();
  const events = [
    envelopeFor(paymentRefunded, { ...paymentRefunded.example, companyId, refundAmount: 40 }),
    envelopeFor(paymentSuccess, paid({ amount: 100, customerId: buyer })),
    envelopeFor(paymentSuccess, paid({ amount: 250, customerId: buyer })),
    envelopeFor(paymentSuccess, paid({ amount: 7, currency: 'JPY' })),
  ];
  expect(await company.deliverAll([...events, ...events])).toEqual(Array(8).fill('SUCCESS'));
  await company.deliverAll([...events].reverse());
  expect(await stats()).toMatchObject({
    revenue: [
      { currency: 'JPY', captured: 7, refunded: 0, net: 7 },
      { currency: 'USD', captured: 350, refunded: 40, net: 310 },
    ],
    orders: 3,
    customers: 2,
  });
});

test('a debt that is paid is no second revenue', async () => {
  const { orderId: _orderId, revision: _revision, ...debt } = paid();
  await company.deliver(paymentSuccess, { ...debt, debtId: newId() });
  expect((await stats()).revenue).toEqual([]);
});

test('shops count while they are open, also when the facts come the wrong way round', async () => {
  const [one, two] = [newId(), newId()];
  const shop = { ...shopCreated.example, companyId };
  await company.deliver(shopDeleted, { ...shopDeleted.example, companyId, shopId: two }, { subject: two, sequence: 2000 });
  await company.deliver(shopCreated, { ...shop, shopId: two }, { subject: two, sequence: 1000 });
  await company.deliver(shopCreated, { ...shop, shopId: one }, { subject: one, sequence: 1000 });
  expect((await stats()).shops).toBe(1);
});

test('staff counts while its accounts are active; customers are not staff', async () => {
  const [one, two, three] = [newId(), newId(), newId()];
  const staff = { ...userRegistered.example, role: 'shop_staff' as const, companyId };
  for (const userId of [one, two, three]) await company.deliver(userRegistered, { ...staff, userId }, { sequence: 1000 });
  await company.deliver(userRegistered, { ...staff, role: 'customer', userId: newId() });
  expect((await stats()).staff).toBe(3);
  await company.deliver(
    userDeactivated,
    { ...userDeactivated.example, role: 'shop_staff', companyId, userId: one },
    { sequence: 2000 },
  );
  await company.deliver(userErased, { ...userErased.example, userId: two }, { sequence: 2000 });
  expect((await stats()).staff).toBe(1);
});
