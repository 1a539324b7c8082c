import type { CompanySettings, Envelope, EventContract } from '@souk/contracts';
import {
  companyCreated,
  getContact,
  inventoryReserved,
  orderCancelled,
  orderConfirmed,
  orderCreated,
  orderRefunded,
  paymentAuthorised,
  paymentRefunded,
  paymentSuccess,
} from '@souk/contracts';
import { newId } from '@souk/service-kit';
import type { Person, TestService } from '@souk/testing';
import { companyAdmin, customer } from '@souk/testing';
import { customers } from '../src/customer/customer.store.ts';
import type { Shop } from './order.fixture.ts';
import { address, lineOf, openShop, quoteFor, signed, startSales } from './order.fixture.ts';
import type { Sales } from './order.story.ts';
import { of } from './order.story.ts';

export const thresholds = { silver: 5_000, gold: 10_000, platinum: 20_000 };

/** Sales with one shop of a company whose settings it knows, beside an auth that knows everybody. */
export async function startWithSettings(): Promise<Sales> {
  const { app } = await startSales();
  return openCompany(app);
}

/** Another company with one shop. Auth knows everybody again. */
export async function openCompany(app: TestService): Promise<Sales> {
  const sales = { app, shop: await openShop(app) };
  await settle(sales);
  app.sidecar.answer(getContact, ({ params }) => ({
    ...{ userId: params.id, email: `${params.id}@example.com`, name: `Person ${params.id}`, isActive: true },
  }));
  return sales;
}

export function settle({ app, shop }: Sales, settings: Partial<CompanySettings> = {}): Promise<string> {
  const { example } = companyCreated;
  const all = { ...example.settings, currency: 'USD', segmentThresholds: thresholds, ...settings };
  return app.deliver(companyCreated, { ...example, companyId: shop.companyId, settings: all });
}

export const adminOf = ({ companyId }: Shop): Person => companyAdmin(companyId);

/** An order that is paid for; `shop` where it is not the company's first. */
export async function buy(sales: Sales, { buyer = customer(), amount = 3_000, shop = sales.shop, currency = 'USD' } = {}) {
  const { app } = sales;
  const pricing = { subtotal: amount, discount: 0, shipping: 0, tax: 0, total: amount };
  const quote = quoteFor(shop, { customerId: buyer.userId, lines: [lineOf('MUG', 1, amount)], pricing, currency });
  const body = { quote: signed(quote, app.running.runtime.now()), paymentMethod: 'sandbox', shippingAddress: address };
  const { body: order, status } = await app.request('POST', '/orders', { as: buyer, key: newId(), body });
  expect(status).toBe(201);
  const about = of({ app, shop }, order.id);
  await app.deliver(inventoryReserved, { ...inventoryReserved.example, ...about, until: order.holdUntil });
  await app.deliver(paymentAuthorised, { ...paymentAuthorised.example, ...about, amount });
  await app.deliver(paymentSuccess, { ...paymentSuccess.example, ...about, amount });
  return { orderId: order.id, buyer, amount, shop };
}

export type Bought = Awaited<ReturnType<typeof buy>>;

export const giveBack = ({ app, shop }: Sales, { orderId, amount }: Bought, refundedTotal: number): Promise<string> =>
  app.deliver(paymentRefunded, {
    ...{ ...paymentRefunded.example, ...of({ app, shop }, orderId) },
    ...{ refundId: newId(), refundAmount: refundedTotal, refundedTotal, capturedTotal: amount },
  });

/** Every fact about orders that sales has published so far. */
export async function facts({ app }: Sales): Promise<Envelope[]> {
  const lists = await Promise.all(
    [orderCreated, orderConfirmed, orderCancelled, orderRefunded].map((contract) =>
      app.published(contract as typeof orderCreated),
    ),
  );
  return lists.flat();
}

/** Delivers to sales what it told of its orders, as the broker does; what it has heard before it passes over. */
export async function hear(sales: Sales): Promise<void> {
  await sales.app.deliverAll(await facts(sales));
}

/** What sales has told of customers of the company. */
export async function told<Data>({ app, shop }: Sales, contract: EventContract<Data>): Promise<Envelope<Data>[]> {
  return (await app.published(contract)).filter(({ companyid }) => companyid === shop.companyId);
}

/** The profile as it is kept. */
export const profileOf = ({ app, shop }: Sales, { userId }: Person) =>
  app.db(customers).findOne({ companyId: shop.companyId, customerId: userId, isActive: true });
