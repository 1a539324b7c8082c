import { randomUUID } from 'node:crypto';
import type { EventData } from '@souk/contracts';
import {
  askRedemption,
  orderCancelled,
  orderCreated,
  orderItemChanged,
  promotionRedeemed,
  promotionRedemptionRefused,
  promotionReleased,
} from '@souk/contracts';
import type { TestService } from '@souk/testing';
import { customer, envelopeFor, shopManager } from '@souk/testing';
import { promotionUsage, redemptions } from '../src/promotion/promotion.store.ts';
import type { OpenedCompany } from './catalogue.ts';
import { openCompany, promote, refusal, startEcommerce } from './catalogue.ts';

let ecommerce: TestService;
let north: OpenedCompany;

beforeAll(async () => {
  ecommerce = await startEcommerce();
  north = await openCompany(ecommerce);
});
afterAll(() => ecommerce.stop());

type Placed = EventData<typeof orderCreated>;

const orderWith = (promotionIds: string[], fields: Partial<Placed> = {}): Placed => ({
  ...orderCreated.example,
  orderId: randomUUID(),
  companyId: north.companyId,
  shopId: north.shopId,
  customerId: randomUUID(),
  coupons: promotionIds.map((promotionId) => ({ promotionId, discount: 100 })),
  ...fields,
});
const revised = (order: Placed, promotionIds: string[]): EventData<typeof orderItemChanged> => ({
  ...order,
  coupons: promotionIds.map((promotionId) => ({ promotionId, discount: 100 })),
  revision: order.revision + 1,
  previousRevision: order.revision,
});
const cancelled = (order: Placed): EventData<typeof orderCancelled> => ({
  ...orderCancelled.example,
  orderId: order.orderId,
  companyId: order.companyId,
  shopId: order.shopId,
  coupons: order.coupons,
  revision: order.revision,
});
const usedOf = async (promotionId: string) => (await ecommerce.db(promotionUsage).findOne({ _id: promotionId }))?.used ?? 0;
const about = <Event extends { subject: string }>(events: Event[], order: Placed) =>
  events.filter(({ subject }) => subject === order.orderId);

describe('a limited promotion', () => {
  it('is taken once by an order that is told of three times, and shown as used', async () => {
    const { id } = await promote(ecommerce, north, { limitTotal: 5, limitPerCustomer: 1 });
    const order = orderWith([id]);
    const event = envelopeFor(orderCreated, order);
    await ecommerce.deliverAll([event, event]);
    await ecommerce.deliverEnvelope({ ...event, id: randomUUID() });
    expect(await usedOf(id)).toBe(1);
    const redeemed = about(await ecommerce.published(promotionRedeemed), order);
    expect(redeemed.map(({ data }) => data)).toEqual([
      { orderId: order.orderId, revision: 1, companyId: north.companyId, promotionIds: [id] },
    ]);
    const { body } = await ecommerce.request('GET', `/promotions/${id}`, { as: north.admin });
    expect(body.used).toBe(1);
  });

  it('is given back when the order is cancelled, also when that is heard first', async () => {
    const { id } = await promote(ecommerce, north, { limitTotal: 5 });
    const order = orderWith([id]);
    await ecommerce.deliver(orderCreated, order);
    await ecommerce.deliver(orderCancelled, cancelled(order));
    expect(await usedOf(id)).toBe(0);
    expect(about(await ecommerce.published(promotionReleased), order)).toMatchObject([{ data: { promotionIds: [id] } }]);
    const early = orderWith([id]);
    await ecommerce.deliver(orderCancelled, cancelled(early));
    await ecommerce.deliver(orderCreated, early);
    expect(await usedOf(id)).toBe(0);
    expect(about(await ecommerce.published(promotionRedeemed), early)).toEqual([]);
    expect(about(await ecommerce.published(promotionReleased), early)).toEqual([]);
  });

  it('moves with a new revision, and an older one that comes late takes nothing', async () => {
    const [old, fresh] = [await promote(ecommerce, north, { limitTotal: 1 }), await promote(ecommerce, north, { limitTotal: 1 })];
    const order = orderWith([old.id]);
    await ecommerce.deliver(orderCreated, order);
    await ecommerce.deliver(orderItemChanged, revised(order, [fresh.id]));
    expect([await usedOf(old.id), await usedOf(fresh.id)]).toEqual([0, 1]);
    const late = orderWith([old.id]);
    await ecommerce.deliver(orderItemChanged, revised(late, []));
    await ecommerce.deliver(orderCreated, late);
    expect(await usedOf(old.id)).toBe(0);
  });

  it('is refused with the reason, and all of the order with it', async () => {
    const [scarce, plenty] = [
      await promote(ecommerce, north, { limitTotal: 1 }),
      await promote(ecommerce, north, { limitTotal: 9 }),
    ];
    await ecommerce.deliver(orderCreated, orderWith([scarce.id]));
    const order = orderWith([plenty.id, scarce.id]);
    await ecommerce.deliver(orderCreated, order);
    expect(await usedOf(plenty.id)).toBe(0);
    const refused = about(await ecommerce.published(promotionRedemptionRefused), order);
    expect(refused).toMatchObject([{ data: { promotionId: scarce.id, reason: 'limit_reached', revision: 1 } }]);
  });

  it('is not touched by an import, and an order with promotions without limits is answered with an empty list', async () => {
    const [limited, free] = [await promote(ecommerce, north, { limitTotal: 1 }), await promote(ecommerce, north, {})];
    await ecommerce.deliver(orderCreated, orderWith([limited.id], { source: 'import' }));
    expect(await usedOf(limited.id)).toBe(0);
    const order = orderWith([free.id]);
    await ecommerce.deliver(orderCreated, order);
    expect(about(await ecommerce.published(promotionRedeemed), order)).toMatchObject([{ data: { promotionIds: [] } }]);
  });

  it('answers sales that asks, the same as the event did, and takes once', async () => {
    const { id } = await promote(ecommerce, north, { limitTotal: 1 });
    const { orderId, revision, companyId, customerId, coupons } = orderWith([id]);
    const body = { orderId, revision, companyId, customerId, coupons };
    const ask = (asked: object = body) => ecommerce.request('POST', askRedemption.path, { app: 'sales', body: asked });
    expect((await ask()).body).toEqual({ outcome: 'redeemed' });
    expect((await ask()).body).toEqual({ outcome: 'redeemed' });
    expect((await ask({ ...body, orderId: randomUUID() })).body).toEqual({
      outcome: 'refused',
      promotionId: id,
      reason: 'limit_reached',
    });
    expect(await usedOf(id)).toBe(1);
    expect((await ecommerce.request('POST', askRedemption.path, { app: 'payment', body })).status).toBe(403);
    expect((await ecommerce.request('POST', askRedemption.path, { as: north.admin, body })).status).toBe(404);
  });
});

describe('200 orders at once', () => {
  it('take exactly as many as there are, and no customer more than allowed', async () => {
    const { id } = await promote(ecommerce, north, { limitTotal: 50, limitPerCustomer: 2 });
    const customers = Array.from({ length: 20 }, () => randomUUID());
    const orders = Array.from({ length: 200 }, (_, index) =>
      orderWith([id], { customerId: customers[index % customers.length] }),
    );
    await Promise.all(orders.map((order) => ecommerce.deliver(orderCreated, order)));
    const ids = new Set(orders.map(({ orderId }) => orderId));
    const redeemed = (await ecommerce.published(promotionRedeemed)).filter(({ subject }) => ids.has(subject));
    const refused = (await ecommerce.published(promotionRedemptionRefused)).filter(({ subject }) => ids.has(subject));
    expect([redeemed.length, refused.length, await usedOf(id)]).toEqual([40, 160, 40]);
    const held = await ecommerce.db(redemptions).find({ _id: { $in: [...ids] }, state: 'redeemed' });
    for (const customerId of customers) expect(held.filter((each) => each.customerId === customerId)).toHaveLength(2);
    await Promise.all(orders.map((order) => ecommerce.deliver(orderCancelled, cancelled(order))));
    expect(await usedOf(id)).toBe(0);
  });

  it('stop at the limit in all', async () => {
    const { id } = await promote(ecommerce, north, { limitTotal: 25 });
    const orders = Array.from({ length: 200 }, () => orderWith([id]));
    await Promise.all(orders.map((order) => ecommerce.deliver(orderCreated, order)));
    expect(await usedOf(id)).toBe(25);
  });
});

describe('promotions', () => {
  it('are made, changed and ended by admins, read by staff, and hidden from others', async () => {
    const code = `CODE-${randomUUID().slice(0, 8)}`;
    const promotion = await promote(ecommerce, north, { code, limitTotal: 3 });
    const path = `/promotions/${promotion.id}`;
    expect(
      await refusal(ecommerce, [
        'POST',
        '/promotions',
        { as: north.admin, body: { name: 'Twin', kind: 'fixed', value: 1, code: code.toLowerCase() } },
      ]),
    ).toEqual([409, 'ecommerce.code_taken']);
    const manager = shopManager(north.companyId, [north.shopId]);
    expect((await ecommerce.request('GET', path, { as: manager })).body.code).toBe(code);
    expect((await ecommerce.request('DELETE', path, { as: manager })).status).toBe(403);
    expect((await ecommerce.request('GET', '/promotions', { as: customer() })).status).toBe(403);
    const south = await openCompany(ecommerce);
    expect((await ecommerce.request('GET', path, { as: south.admin })).status).toBe(404);
    const { body } = await ecommerce.request('PUT', path, { as: north.admin, body: { name: 'Plain', kind: 'fixed', value: 5 } });
    expect(body).toMatchObject({ kind: 'fixed', version: 2, isActive: true });
    expect([body.code, body.limitTotal]).toEqual([undefined, undefined]);
  });

  it('free their code when they are removed', async () => {
    const code = `CODE-${randomUUID().slice(0, 8)}`;
    const promotion = await promote(ecommerce, north, { code });
    const path = `/promotions/${promotion.id}`;
    expect((await ecommerce.request('DELETE', path, { as: north.admin })).status).toBe(204);
    expect((await ecommerce.request('GET', path, { as: north.admin })).status).toBe(404);
    await promote(ecommerce, north, { code });
  });

  it.each([
    ['more than all', { kind: 'percent', value: 10_001 }],
    ['nothing', { kind: 'fixed', value: 0 }],
    [
      'an end before its beginning',
      { kind: 'fixed', value: 1, from: '2026-02-01T00:00:00.000Z', to: '2026-01-01T00:00:00.000Z' },
    ],
    ['a limit of none', { kind: 'fixed', value: 1, limitTotal: 0 }],
    ['a code with spaces', { kind: 'fixed', value: 1, code: 'TEN OFF' }],
  ])('answer 422 to %s', async (_case, fields) => {
    expect((await ecommerce.request('POST', '/promotions', { as: north.admin, body: { name: 'Bad', ...fields } })).status).toBe(
      422,
    );
  });
});
