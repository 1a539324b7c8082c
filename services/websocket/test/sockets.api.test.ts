import type { Server } from 'node:http';
import { promisify } from 'node:util';
import { getOrderState } from '@souk/contracts';
import { newId } from '@souk/service-kit';
import type { Person, TestService } from '@souk/testing';
import { customer, eventually, startTestService, tokenFor } from '@souk/testing';
import type { Socket } from 'socket.io-client';
import { io } from 'socket.io-client';
import { service } from '../src/service.ts';
import { openSockets } from '../src/sockets.ts';

let app: TestService;
let server: Server;
const sockets: Socket[] = [];

beforeAll(async () => {
  const attach: typeof openSockets = (http, runtime) => {
    server = http;
    return openSockets(http, runtime);
  };
  app = await startTestService({ ...service, attach }, { env: { MOST_SOCKETS: '2', CORS_ORIGINS: ' https://shop.example , *' } });
});
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.close();
});
afterAll(() => app.stop());

function open(person: Person): Socket {
  const socket = io(app.url, {
    auth: { token: tokenFor(person) },
    transports: ['websocket'],
    reconnection: false,
    forceNew: true,
  });
  sockets.push(socket);
  return socket;
}

/** 'ready', or why a socket was refused. */
const outcomeOf = (socket: Socket): Promise<string> =>
  new Promise((resolve) => {
    socket.once('ready', () => resolve('ready'));
    socket.once('connect_error', ({ message }) => resolve(message));
  });

/** The server hears of the sockets of the test before a little later than these have closed: until then it may refuse. */
const connect = (person: Person): Promise<Socket> =>
  eventually(async () => {
    const socket = open(person);
    expect(await outcomeOf(socket)).toBe('ready');
    return socket;
  });

const connections = (): Promise<number> => promisify(server.getConnections.bind(server))();

/** Holds back the judgement of tokens; gives how many are waiting, and what lets them go. */
function holdTokens() {
  const { tokens } = app.running.runtime;
  const judge = tokens.verify.bind(tokens);
  const waiting: (() => void)[] = [];
  const spy = jest.spyOn(tokens, 'verify').mockImplementation(async (token) => {
    await new Promise<void>((resolve) => waiting.push(resolve));
    return judge(token);
  });
  const letGo = () => {
    spy.mockRestore();
    for (const resolve of waiting) resolve();
  };
  return { waiting, letGo };
}

describe('places', () => {
  it('are not taken by those who hang up during the handshake', async () => {
    await eventually(async () => expect(await connections()).toBe(0));
    const { waiting, letGo } = holdTokens();
    const hasty = [open(customer()), open(customer()), open(customer())];
    await eventually(() => expect(waiting).toHaveLength(3));
    for (const socket of hasty) socket.close();
    await eventually(async () => expect(await connections()).toBe(0));
    letGo();
    expect(await outcomeOf(open(customer()))).toBe('ready');
  });

  it('are refused to those who come after the last, and free again when one leaves', async () => {
    const [first] = [await connect(customer()), await connect(customer())];
    expect(await outcomeOf(open(customer()))).toBe('unauthenticated');
    first.close();
    await connect(customer());
  });
});

describe('questions', () => {
  it('are answered twenty times at once, and then no more', async () => {
    const buyer = customer();
    const socket = await connect(buyer);
    const ask = () => socket.emitWithAck('since', { room: `user:${buyer.userId}`, offset: 0 });
    const answers = await Promise.all(Array.from({ length: 40 }, ask));
    expect(answers.slice(0, 20)).toEqual(Array.from({ length: 20 }, () => ({ messages: [], more: false })));
    expect(answers.at(-1)).toEqual({ error: { code: 'rate_limited' } });
    await eventually(async () => expect(await ask()).toEqual({ messages: [], more: false }));
  });

  it('to follow orders are refused after two hundred, those followed already not', async () => {
    const buyer = customer();
    const socket = await connect(buyer);
    app.sidecar.answer(getOrderState, () => orderOf(buyer.userId));
    const orders = Array.from({ length: 200 }, () => newId());
    const follow = (orderId: string) => socket.emitWithAck('order:follow', { orderId });
    for (const orderId of orders)
      await eventually(async () => expect(await follow(orderId)).toEqual({ room: `order:${orderId}`, offset: 0 }));
    const answered = async (orderId: string, answer: object) =>
      eventually(async () => expect(await follow(orderId)).toMatchObject(answer));
    await answered(newId(), { error: { code: 'websocket.too_many_rooms' } });
    await answered(orders[0] ?? '', { offset: 0 });
  });
});

function orderOf(customerId: string) {
  return {
    orderId: newId(),
    orderNumber: 'SO-1',
    revision: 1,
    companyId: newId(),
    shopId: newId(),
    customerId,
    source: 'checkout' as const,
    status: 'pending' as const,
    phase: 'open' as const,
    paymentMethod: 'sandbox' as const,
    amount: 100,
    currency: 'USD',
    holdUntil: new Date().toISOString(),
  };
}
