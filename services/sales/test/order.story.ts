import type { EventContract, PaymentMethod } from '@souk/contracts';
import { inventoryReserved, paymentAuthorised, paymentSuccess } from '@souk/contracts';
import { newId } from '@souk/service-kit';
import type { Person, TestService } from '@souk/testing';
import { customer } from '@souk/testing';
import type { Shop } from './order.fixture.ts';
import { address, quoteFor, signed } from './order.fixture.ts';

/** Sales with one shop, as `startSales` gives it. */
export interface Sales {
  app: TestService;
  shop: Shop;
}

export interface Placed {
  id: string;
  buyer: Person;
}

export async function place({ app, shop }: Sales, paymentMethod: PaymentMethod = 'sandbox', quote = {}): Promise<Placed> {
  const buyer = customer();
  const body = { quote: signed(quoteFor(shop, { customerId: buyer.userId, ...quote })), paymentMethod, shippingAddress: address };
  const answer = await app.request('POST', '/orders', { as: buyer, key: newId(), body });
  expect(answer.status).toBe(201);
  return { id: answer.body.id, buyer };
}

/** Names an order's first revision in the events of others. */
export const of = ({ shop }: Sales, orderId: string) => ({
  orderId,
  revision: 1,
  companyId: shop.companyId,
  shopId: shop.shopId,
});

export const reserve = (sales: Sales, orderId: string) =>
  sales.app.deliver(inventoryReserved, {
    ...inventoryReserved.example,
    ...of(sales, orderId),
    until: new Date(Date.now() + 60_000).toISOString(),
  });

/** What is paid for an order of `quoteFor`. */
export const pay = { ...paymentSuccess.example, amount: 3_000 };
export const authorise = (sales: Sales, orderId: string) =>
  sales.app.deliver(paymentAuthorised, { ...paymentAuthorised.example, ...of(sales, orderId) });
export const capture = (sales: Sales, orderId: string) => sales.app.deliver(paymentSuccess, { ...pay, ...of(sales, orderId) });

export const read = async ({ app }: Sales, { id, buyer }: Placed) =>
  (await app.request('GET', `/orders/${id}`, { as: buyer })).body;

export const factsOf = async ({ app }: Sales, id: string, contract: EventContract) =>
  (await app.published(contract)).filter((event) => event.subject === id);

/** An order that is paid for and confirmed. */
export async function confirm(sales: Sales): Promise<Placed> {
  const placed = await place(sales);
  await reserve(sales, placed.id);
  await authorise(sales, placed.id);
  await capture(sales, placed.id);
  return placed;
}
