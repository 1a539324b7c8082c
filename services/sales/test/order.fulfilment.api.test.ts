import { orderShipped } from '@souk/contracts';
import { newId } from '@souk/service-kit';
import type { TestService } from '@souk/testing';
import { shopStaff } from '@souk/testing';
import type { Shop } from './order.fixture.ts';
import { quoteFor, signed, startSales } from './order.fixture.ts';
import type { Sales } from './order.story.ts';
import { capture, confirm, factsOf, read, reserve } from './order.story.ts';

let sales: Sales;
let app: TestService;
let shop: Shop;

beforeAll(async () => {
  sales = await startSales();
  ({ app, shop } = sales);
});
afterAll(() => app.stop());

describe('fulfilment', () => {
  const clerk = () => shopStaff(shop.companyId, [shop.shopId]);

  it('ships in two parcels, delivers and completes', async () => {
    const placed = await confirm(sales);
    const [mugs] = (await read(sales, placed)).lines;
    const body = { lines: [{ lineId: mugs.lineId, quantity: 1 }], carrier: 'ups', trackingNumber: 'T1' };
    const first = await app.request('POST', `/orders/${placed.id}/ship`, { as: clerk(), key: newId(), body });
    expect(first.body).toMatchObject({ status: 'processing', allowedMoves: ['shipped'] });
    const second = await app.request('POST', `/orders/${placed.id}/ship`, { as: clerk(), key: newId(), body: {} });
    expect(second.body.status).toBe('shipped');
    expect((await factsOf(sales, placed.id, orderShipped)).map(({ data }) => (data as { complete: boolean }).complete)).toEqual([
      false,
      true,
    ]);
    expect((await app.request('POST', `/orders/${placed.id}/deliver`, { as: clerk() })).body.status).toBe('delivered');
    expect((await app.request('POST', `/orders/${placed.id}/complete`, { as: clerk() })).body.status).toBe('completed');
    const { body: tracking } = await app.request('GET', `/orders/${placed.id}/tracking`, { as: placed.buyer });
    expect(tracking.shipments).toHaveLength(2);
    const { body: timeline } = await app.request('GET', `/orders/${placed.id}/timeline`, { as: placed.buyer });
    expect(timeline.steps.map(({ step }: { step: string }) => step)).toEqual([
      'created',
      'paying',
      'confirmed',
      'partly_shipped',
      'shipped',
      'delivered',
      'completed',
    ]);
  });

  it('refuses moves that the lifecycle does not have and names those it has', async () => {
    const placed = await confirm(sales);
    const answer = await app.request('POST', `/orders/${placed.id}/deliver`, { as: clerk() });
    expect([answer.status, answer.body.code, answer.body.allowed]).toEqual([
      409,
      'sales.move_refused',
      ['processing', 'shipped', 'cancelled'],
    ]);
  });

  it('ships no more than was ordered', async () => {
    const placed = await confirm(sales);
    const [mugs] = (await read(sales, placed)).lines;
    const body = { lines: [{ lineId: mugs.lineId, quantity: 3 }] };
    const answer = await app.request('POST', `/orders/${placed.id}/ship`, { as: clerk(), key: newId(), body });
    expect([answer.status, answer.body.code]).toEqual([422, 'sales.nothing_to_ship']);
  });

  it('refuses to cancel what has left', async () => {
    const placed = await confirm(sales);
    await app.request('POST', `/orders/${placed.id}/ship`, { as: clerk(), key: newId(), body: {} });
    expect((await app.request('POST', `/orders/${placed.id}/cancel`, { as: placed.buyer })).status).toBe(409);
  });

  it('hands over at the till: paid, shipped and completed in one go', async () => {
    const body = { quote: signed(quoteFor(shop)), paymentMethod: 'cash' };
    const { body: order } = await app.request('POST', '/orders', { as: clerk(), key: newId(), body });
    await reserve(sales, order.id);
    await capture(sales, order.id);
    expect((await app.request('GET', `/orders/${order.id}`, { as: clerk() })).body).toMatchObject({
      source: 'pos',
      status: 'completed',
    });
  });
});
