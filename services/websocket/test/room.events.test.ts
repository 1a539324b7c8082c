import { getOrderState, inventoryUpdated, orderConfirmed, orderCreated, orderShipped, roomAppended } from '@souk/contracts';
import { newId, notFound } from '@souk/service-kit';
import type { Person, TestService } from '@souk/testing';
import { companyAdmin, customer, envelopeFor, eventually, shopStaff, startTestService, tokenFor } from '@souk/testing';
import type { Socket } from 'socket.io-client';
import { io } from 'socket.io-client';
import { messages } from '../src/room.store.ts';
import { service } from '../src/service.ts';

interface Told {
  room: string;
  offset: number;
  data: Record<string, unknown>;
}

let app: TestService;
const sockets: Socket[] = [];

beforeAll(async () => {
  app = await startTestService(service);
});
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.close();
});
afterAll(() => app.stop());

async function connect(person: Person): Promise<{ socket: Socket; told: Told[]; rooms: { room: string; offset: number }[] }> {
  const socket = io(app.url, { auth: { token: tokenFor(person) }, transports: ['websocket'], reconnection: false });
  sockets.push(socket);
  const told: Told[] = [];
  socket.on('order:status_updated', (message: Told) => told.push(message));
  socket.on('inventory:stock_updated', (message: Told) => told.push(message));
  const { rooms } = await new Promise<{ rooms: { room: string; offset: number }[] }>((resolve, reject) => {
    socket.once('ready', resolve);
    socket.once('connect_error', reject);
  });
  return { socket, told, rooms };
}

const order = (customerId: string, of: object = {}) => ({ ...orderCreated.example, orderId: newId(), customerId, ...of });

describe('sockets', () => {
  it.each([
    ['no token', {}],
    ['a forged one', { token: 'a.b.c' }],
  ])('are refused with %s', async (_case, auth) => {
    const socket = io(app.url, { auth, transports: ['websocket'], reconnection: false });
    sockets.push(socket);
    const error = await new Promise<Error>((resolve) => {
      socket.once('connect_error', resolve);
    });
    expect(error.message).toBe('unauthenticated');
  });

  it('tell a buyer each status of their order in sequence, with offsets that have no gap', async () => {
    const buyer = customer();
    const { told } = await connect(buyer);
    const data = order(buyer.userId);
    await app.deliver(orderCreated, data, { subject: data.orderId, sequence: 1000 });
    await app.deliverAll([
      envelopeFor(orderShipped, { ...orderShipped.example, ...data, complete: true }, { subject: data.orderId, sequence: 3000 }),
      envelopeFor(orderConfirmed, { ...orderConfirmed.example, ...data }, { subject: data.orderId, sequence: 2000 }),
    ]);
    await eventually(() => expect(told.map((each) => each.data.status)).toEqual(['pending', 'confirmed', 'shipped']));
    expect(told.map((each) => each.offset)).toEqual([1, 2, 3]);
  });

  it('tell nobody of an order that is not theirs', async () => {
    const stranger = await connect(customer());
    const other = await connect(companyAdmin(newId()));
    const clerk = await connect(shopStaff(orderCreated.example.companyId, [orderCreated.example.shopId]));
    await app.deliver(orderCreated, order(newId()));
    await eventually(() => expect(clerk.told).toHaveLength(1));
    expect([stranger.told, other.told]).toEqual([[], []]);
  });

  it('give a client that was away what it has missed, and that once', async () => {
    const buyer = customer();
    const first = await connect(buyer);
    await app.deliver(orderCreated, order(buyer.userId));
    await eventually(() => expect(first.told).toHaveLength(1));
    first.socket.close();
    await app.deliver(orderCreated, order(buyer.userId));
    await app.deliver(orderCreated, order(buyer.userId));
    const { socket, rooms } = await connect(buyer);
    expect(rooms).toEqual([{ room: `user:${buyer.userId}`, offset: 3 }]);
    const { messages: missed } = await socket.emitWithAck('since', { room: `user:${buyer.userId}`, offset: 1 });
    expect(missed.map((message: Told) => message.offset)).toEqual([2, 3]);
  });

  it('let in a room by right only', async () => {
    const buyer = customer();
    const { socket } = await connect(buyer);
    const state = { ...getOrderStateExample(), customerId: newId() };
    app.sidecar.answer(getOrderState, () => state);
    expect(await socket.emitWithAck('order:follow', { orderId: newId() })).toEqual({ error: { code: 'websocket.room_unknown' } });
    app.sidecar.answer(getOrderState, () => {
      throw notFound();
    });
    expect(await socket.emitWithAck('order:follow', { orderId: newId() })).toEqual({ error: { code: 'websocket.room_unknown' } });
    app.sidecar.answer(getOrderState, () => ({ ...state, customerId: buyer.userId }));
    const orderId = newId();
    expect(await socket.emitWithAck('order:follow', { orderId })).toEqual({ room: `order:${orderId}`, offset: 0 });
    expect(await socket.emitWithAck('since', { room: `user:${newId()}`, offset: 0 })).toEqual({
      error: { code: 'websocket.room_unknown' },
    });
    expect(await socket.emitWithAck('since', { room: 7 })).toEqual({ error: { code: 'invalid_request' } });
  });

  it('are closed when their session is revoked', async () => {
    const buyer = customer();
    const { socket } = await connect(buyer);
    const closed = new Promise((resolve) => socket.once('disconnect', resolve));
    app.running.runtime.tokens.revoke({ sid: buyer.sid, before: Date.now() / 1000 });
    expect(await closed).toBe('io server disconnect');
  });
});

describe('rooms', () => {
  it('number messages without a gap when many facts come at once and twice', async () => {
    const [companyId, shopId] = [newId(), newId()];
    const events = Array.from({ length: 40 }, (_, index) =>
      envelopeFor(inventoryUpdated, { ...inventoryUpdated.example, companyId, shopIds: [shopId], sku: `S${index}` }),
    );
    await Promise.all([
      app.deliverAll(events.slice(0, 20)),
      app.deliverAll(events.slice(20)),
      app.deliverAll(events.slice(10, 30)),
    ]);
    const log = await app.db(messages).find({ room: `shop:${shopId}` }, { sort: { offset: 1 } });
    expect(log.map(({ offset }) => offset)).toEqual(Array.from({ length: 40 }, (_, index) => index + 1));
    expect(new Set(log.map(({ causeId }) => causeId)).size).toBe(40);
  });

  it('tell other replicas once of all that was appended together, with the newest offsets', async () => {
    const [companyId, shopId] = [newId(), newId()];
    const events = Array.from({ length: 20 }, (_, index) =>
      envelopeFor(inventoryUpdated, { ...inventoryUpdated.example, companyId, shopIds: [shopId], sku: `S${index}` }),
    );
    await app.deliverAll(events);
    const told = () =>
      app.sidecar.published
        .filter(({ type }) => type === roomAppended.type)
        .map(({ data }) => (data as { rooms: Told[] }).rooms.find(({ room }) => room === `shop:${shopId}`)?.offset)
        .filter((offset) => offset !== undefined);
    await eventually(() => expect(told().at(-1)).toBe(20));
    // What comes first is worked off alone, and the others wait together meanwhile.
    expect(told()).toEqual([1, 20]);
    const signals = app.sidecar.published.filter(({ type }) => type === roomAppended.type);
    expect(signals.filter(({ data }) => (data as { rooms: Told[] }).rooms.length === 0)).toEqual([]);
  });

  it('hear the newest only of many changes of one stock that come at once', async () => {
    const [companyId, shopId] = [newId(), newId()];
    const stock = { ...inventoryUpdated.example, companyId, shopIds: [shopId], sku: 'S1' };
    const changes = [3, 1, 2].map((version) =>
      envelopeFor(inventoryUpdated, { ...stock, onHand: version }, { sequence: version * 1_000 }),
    );
    // What comes first is worked off alone, and the others wait together meanwhile.
    const first = envelopeFor(inventoryUpdated, { ...stock, sku: 'S2' });
    const last = envelopeFor(inventoryUpdated, { ...stock, warehouseId: newId() });
    await app.deliverAll([first, ...changes, last]);
    const log = await app.db(messages).find({ room: `shop:${shopId}` }, { sort: { offset: 1 } });
    const told = log.map(({ offset, causeId }) => ({ offset, causeId }));
    expect(told).toEqual([first, changes[0], last].map((event, index) => ({ offset: index + 1, causeId: event?.id })));
  });
});

function getOrderStateExample() {
  return {
    orderId: newId(),
    orderNumber: 'SO-1',
    revision: 1,
    companyId: newId(),
    shopId: newId(),
    source: 'checkout' as const,
    status: 'pending' as const,
    phase: 'open' as const,
    paymentMethod: 'sandbox' as const,
    amount: 100,
    currency: 'USD',
    holdUntil: new Date().toISOString(),
  };
}
