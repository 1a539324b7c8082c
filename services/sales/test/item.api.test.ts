import type { OrderLine, PaymentMethod } from '@souk/contracts';
import {
  askReservation,
  holdCredit,
  inventoryReserved,
  orderCancelled,
  orderCaptureRequested,
  orderCreated,
  orderItemChanged,
  paymentAuthorised,
  quoteOrder,
} from '@souk/contracts';
import { newId } from '@souk/service-kit';
import type { Person, TestService } from '@souk/testing';
import { companyAdmin, customer, eventually, shopStaff, superAdmin } from '@souk/testing';
import type { Shop } from './order.fixture.ts';
import { address, quoteFor, signed, startSales } from './order.fixture.ts';

const EVERY_MUG = 1_500;

let app: TestService;
let shop: Shop;
let quoted: unknown[];

beforeAll(async () => {
  ({ app, shop } = await startSales());
});
beforeEach(() => {
  quoted = [];
  // The catalogue has become dearer: every piece costs 1,500 by now.
  app.sidecar.answer(quoteOrder, ({ body }) => {
    quoted.push(body);
    const lines: OrderLine[] = body.lines.map((line) => {
      const total = line.quantity * EVERY_MUG;
      return { ...line, name: line.sku, unitPrice: EVERY_MUG, discount: 0, tax: 0, total, tracked: true, backorder: false };
    });
    const total = lines.reduce((sum, line) => sum + line.total, 0);
    const { quoteId: _, ...quote } = quoteFor(shop, { lines, coupons: [] });
    return { quote: { ...quote, quoteId: newId(), pricing: { ...quote.pricing, subtotal: total, total } } };
  });
});
afterAll(() => app.stop());

interface Placed {
  id: string;
  buyer: Person;
  lines: OrderLine[];
}

async function place(paymentMethod: PaymentMethod = 'sandbox', quote = {}): Promise<Placed> {
  const buyer = customer();
  const body = { quote: signed(quoteFor(shop, { customerId: buyer.userId, ...quote })), paymentMethod, shippingAddress: address };
  const answer = await app.request('POST', '/orders', { as: buyer, key: newId(), body });
  expect(answer.status).toBe(201);
  return { id: answer.body.id, buyer, lines: answer.body.lines };
}

interface Asked {
  as?: Person;
  key?: string;
  itemId?: string | undefined;
  headers?: Record<string, string>;
}

const put = ({ id, buyer, lines }: Placed, quantity: unknown, asked: Asked = {}) => {
  const { as = buyer, key = newId(), itemId = lines[0]?.lineId, headers = {} } = asked;
  return app.request('PUT', `/orders/${id}/items/${itemId}`, { as, key, headers, body: { quantity } });
};
const remove = ({ id, buyer }: Placed, line: OrderLine | undefined, key = newId()) =>
  app.request('DELETE', `/orders/${id}/items/${line?.lineId}`, { as: buyer, key });

const of = ({ id }: Placed, revision: number) => ({
  ...{ orderId: id, revision, companyId: shop.companyId, shopId: shop.shopId },
});
const reserve = (placed: Placed, revision: number) =>
  app.deliver(inventoryReserved, { ...inventoryReserved.example, ...of(placed, revision) });
const authorise = (placed: Placed, revision: number) =>
  app.deliver(paymentAuthorised, { ...paymentAuthorised.example, ...of(placed, revision) });
const read = async ({ id, buyer }: Placed) => (await app.request('GET', `/orders/${id}`, { as: buyer })).body;
const factsOf = async ({ id }: Placed, contract: Parameters<TestService['published']>[0]) =>
  (await app.published(contract)).filter((event) => event.subject === id);

describe('changing an item', () => {
  it('prices what is picked up without a place, whatever address it has', async () => {
    await put(await place('sandbox', { shippingMethod: 'Counter', shippingKind: 'pickup', country: undefined }), 4);
    expect(quoted).toMatchObject([{ shippingMethod: 'Counter' }]);
    expect(quoted[0]).not.toHaveProperty('country');
  });

  it('prices the order anew, tells of the next revision and holds it for the full time', async () => {
    const placed = await place();
    app.advance(600_000);
    const before = await read(placed);
    const answer = await put(placed, 4);
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ revision: 2, pricing: { total: 7_500 }, paymentStatus: 'pending', status: 'pending' });
    expect(answer.body.lines.map((line: OrderLine) => line.quantity)).toEqual([4, 1]);
    expect(Date.parse(answer.body.holdUntil) - Date.parse(before.holdUntil)).toBeGreaterThanOrEqual(600_000);
    expect(answer.headers.etag).toBe(`"v${answer.body.version}"`);
    const [told] = await factsOf(placed, orderItemChanged);
    expect(told?.data).toMatchObject({ revision: 2, previousRevision: 1, lines: [{ quantity: 4 }, { quantity: 1 }] });
    expect(told?.changes?.map(({ field }) => field)).toEqual(expect.arrayContaining(['revision', 'pricing']));
    expect(quoted).toEqual([expect.objectContaining({ orderId: placed.id, customerId: placed.buyer.userId })]);
  });

  it('passes over what was answered to the revision before, whenever it comes', async () => {
    const placed = await place();
    await authorise(placed, 1);
    await put(placed, 4);
    await reserve(placed, 1);
    await authorise(placed, 1);
    expect(await factsOf(placed, orderCaptureRequested)).toEqual([]);
    await reserve(placed, 2);
    await authorise(placed, 2);
    const [asked] = await factsOf(placed, orderCaptureRequested);
    expect(asked?.data).toMatchObject({ revision: 2, amount: 7_500 });
  });

  it('asks again, when answers are late, for the revision as it is now', async () => {
    const placed = await place();
    await put(placed, 4);
    const asked: unknown[] = [];
    app.sidecar.answer(askReservation, ({ body }) => {
      asked.push([body.orderId, body.revision, body.lines.map(({ quantity }) => quantity)]);
      return { outcome: 'failed' as const, short: [] };
    });
    app.advance(6_000);
    await app.runJob('chase due orders');
    expect(asked).toContainEqual([placed.id, 2, [4, 1]]);
    await eventually(async () => {
      const [told] = await factsOf(placed, orderCancelled);
      expect(told?.data).toMatchObject({ revision: 2, reason: 'out_of_stock', total: 7_500 });
    });
  });

  it('takes the new total off the credit line, and ends the order when that does not reach', async () => {
    const held: unknown[] = [];
    app.sidecar.answer(holdCredit, ({ body: { revision, amount } }) => {
      held.push([revision, amount]);
      return amount > 5_000
        ? { outcome: 'refused' as const, reason: 'limit_exceeded' as const }
        : { outcome: 'held' as const, holdId: newId() };
    });
    const placed = await place('account');
    expect((await put(placed, 4)).body).toMatchObject({ status: 'cancelled', cancelReason: 'credit_refused' });
    expect(held).toEqual([
      [1, 3_000],
      [2, 7_500],
    ]);
  });

  it('makes no revision of the quantity that is there already', async () => {
    const placed = await place();
    expect((await put(placed, 2)).body).toMatchObject({ revision: 1, pricing: { total: 3_000 } });
    expect([quoted, await factsOf(placed, orderItemChanged)]).toEqual([[], []]);
  });

  it('is done once under one key', async () => {
    const placed = await place();
    const first = await put(placed, 4, { key: 'edit-once' });
    const again = await put(placed, 4, { key: 'edit-once' });
    expect([again.status, again.body.revision, again.headers['idempotent-replayed']]).toEqual([200, 2, 'true']);
    expect(first.body).toEqual(again.body);
    expect(await factsOf(placed, orderItemChanged)).toHaveLength(1);
  });

  it('lets one of two edits that come together pass, and names the revision to the other', async () => {
    const placed = await place();
    const answers = await Promise.all([put(placed, 4), put(placed, 6)]);
    const statuses = answers.map(({ status }) => status).sort();
    const told = await factsOf(placed, orderItemChanged);
    expect([
      [200, 200],
      [200, 409],
    ]).toContainEqual(statuses);
    expect(told).toHaveLength(statuses.filter((status) => status === 200).length);
    expect((await read(placed)).revision).toBe(1 + told.length);
  });

  it('is allowed to staff of the shop, and to nobody else', async () => {
    const placed = await place();
    const clerk = shopStaff(shop.companyId, [shop.shopId]);
    expect((await put(placed, 3, { as: clerk })).status).toBe(200);
    const strangers = [customer(), companyAdmin(newId()), shopStaff(shop.companyId, [newId()])];
    const refused = await Promise.all(strangers.map((as) => put(placed, 5, { as })));
    expect(refused.map(({ status }) => status)).toEqual([404, 404, 404]);
    expect((await put(placed, 5, { as: superAdmin() })).status).toBe(403);
  });

  it.each<[string, (placed: Placed) => ReturnType<typeof put>, number, string]>([
    ['an item that is not in it', (placed) => put(placed, 3, { itemId: newId() }), 404, 'sales.item_unknown'],
    [
      'a version that is not the newest',
      (placed) => put(placed, 3, { headers: { 'if-match': '"v9"' } }),
      412,
      'precondition_failed',
    ],
    ['no pieces', (placed) => put(placed, 0), 422, 'invalid_request'],
    ['part of a piece', (placed) => put(placed, 1.5), 422, 'invalid_request'],
    [
      'no key',
      ({ id, buyer, lines }) =>
        app.request('PUT', `/orders/${id}/items/${lines[0]?.lineId}`, { as: buyer, body: { quantity: 3 } }),
      400,
      'idempotency_key_required',
    ],
  ])('is refused with %s, and nothing is written', async (_case, ask, status, code) => {
    const placed = await place();
    const answer = await ask(placed);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect(await read(placed)).toMatchObject({ revision: 1, version: 1 });
  });

  it('is refused with 409 while the money is under way and after the end', async () => {
    const placed = await place();
    await reserve(placed, 1);
    await authorise(placed, 1);
    expect((await put(placed, 3)).body).toMatchObject({ status: 409, code: 'sales.edit_refused' });
    const cancelled = await place();
    await app.request('POST', `/orders/${cancelled.id}/cancel`, { as: cancelled.buyer });
    expect((await put(cancelled, 3)).body.code).toBe('sales.edit_refused');
    expect(quoted).toEqual([]);
  });

  it('names the line that cannot be bought any more, and leaves the order as it is', async () => {
    const placed = await place();
    app.sidecar.answer(quoteOrder, () => {
      throw Object.assign(new Error('MUG: not_sold'), { status: 409, code: 'ecommerce.line_unavailable', title: 'gone' });
    });
    const answer = await put(placed, 3);
    expect([answer.status, answer.body.code]).toEqual([409, 'ecommerce.line_unavailable']);
    expect(answer.body.detail).toContain('MUG');
    expect((await read(placed)).revision).toBe(1);
  });
});

describe('removing an item', () => {
  it('leaves the others, at the prices of now', async () => {
    const placed = await place();
    const answer = await remove(placed, placed.lines[0]);
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ revision: 2, pricing: { total: 1_500 }, lines: [{ sku: 'TEA' }] });
  });

  it('is refused of the last one, which stays', async () => {
    const placed = await place();
    await remove(placed, placed.lines[0]);
    expect((await remove(placed, placed.lines[1])).body).toMatchObject({ status: 409, code: 'sales.last_item' });
    expect((await read(placed)).lines).toHaveLength(1);
  });

  it('uses no quote up: that of the order stays used', async () => {
    const buyer = customer();
    const quote = signed(quoteFor(shop, { customerId: buyer.userId }));
    const body = { quote, paymentMethod: 'sandbox', shippingAddress: address };
    const { body: order } = await app.request('POST', '/orders', { as: buyer, key: newId(), body });
    await remove({ id: order.id, buyer, lines: order.lines }, order.lines[0]);
    expect((await app.request('POST', '/orders', { as: buyer, key: newId(), body })).body.code).toBe('sales.quote_used');
    expect((await app.published(orderCreated)).filter(({ data }) => data.customerId === buyer.userId)).toHaveLength(1);
  });
});
