import type { IncomingHttpHeaders, Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo, Socket as TcpSocket } from 'node:net';
import { connect } from 'node:net';
import type { TestService } from '@souk/testing';
import { eventually, startTestService } from '@souk/testing';
import { service } from '../src/service.ts';

/** One socket for each network, where a proxy says which. */
const ALONE = { MOST_SOCKETS_PER_IP: '1', LIMIT_PER_IP: '40', TRUSTED_PROXIES: '127.0.0.1' };

/** Answers an upgrade as a server of sockets does, then sends back what it is sent. */
let upstream: Server;
let gateway: TestService;
let seen: IncomingHttpHeaders = {};
const peers = new Set<TcpSocket>();

beforeAll(async () => {
  upstream = createServer();
  upstream.on('upgrade', (request, socket: TcpSocket) => {
    seen = request.headers;
    peers.add(socket.once('close', () => peers.delete(socket)).on('error', () => socket.destroy()));
    socket.write('HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\n\r\n');
    socket.pipe(socket);
  });
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
  const { port } = upstream.address() as AddressInfo;
  gateway = await startTestService(service, {
    env: { WEBSOCKET_URL: `http://127.0.0.1:${port}`, MOST_SOCKETS: '2', LOG_LEVEL: 'fatal', ...ALONE },
  });
});
afterAll(async () => {
  await gateway.stop();
  await new Promise((resolve) => upstream.close(resolve));
});

/** Each asks from another network unless it says otherwise. */
let asked = 0;

/** A client's end after it has asked for an upgrade, with all that it was sent so far. */
function ask(
  path: string,
  headers: Record<string, string> = {},
): { socket: TcpSocket; text: () => string; ended: Promise<void> } {
  const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1');
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk.toString();
  });
  const ended = new Promise<void>((resolve) => socket.once('close', () => resolve()).on('error', () => socket.destroy()));
  asked += 1;
  const from = { 'x-forwarded-for': `203.0.113.${asked}` };
  const lines = Object.entries({ host: 'souk.example', connection: 'Upgrade', upgrade: 'websocket', ...from, ...headers });
  socket.write(`GET ${path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`);
  return { socket, text: () => text, ended };
}

const untilOpen = ({ text }: ReturnType<typeof ask>) => eventually(async () => expect(text()).toContain('101 Switching'));

test('an upgrade of /socket.io reaches the websocket service, and what is said comes back', async () => {
  const client = ask('/socket.io/?EIO=4&transport=websocket');
  await untilOpen(client);
  client.socket.write('hello');
  await eventually(async () => expect(client.text()).toMatch(/\r\n\r\nhello$/));
  client.socket.destroy();
  await eventually(async () => expect(peers.size).toBe(0));
});

test('what only sidecars may say is not handed on', async () => {
  const client = ask('/socket.io/', { 'dapr-caller-app-id': 'auth', 'dapr-api-token': 'x', 'x-mine': 'kept' });
  await untilOpen(client);
  expect(Object.keys(seen).filter((name) => name.startsWith('dapr-'))).toEqual([]);
  expect(seen['x-mine']).toBe('kept');
  client.socket.destroy();
});

test.each(['/', '/api/products', '/socket.io', '/socket.iox/', '/metrics', '/socket.io/../metrics'])(
  'nothing else is upgraded: %s',
  async (path) => {
    const client = ask(path);
    await client.ended;
    expect(client.text()).toMatch(/^HTTP\/1\.1 404 /);
  },
);

test('one above the most that one process passes on is refused, until another has gone', async () => {
  await eventually(async () => expect(peers.size).toBe(0));
  const [first, second] = [ask('/socket.io/'), ask('/socket.io/')];
  await Promise.all([untilOpen(first), untilOpen(second)]);
  const third = ask('/socket.io/');
  await third.ended;
  expect(third.text()).toMatch(/^HTTP\/1\.1 503 /);
  first.socket.destroy();
  await eventually(async () => expect(peers.size).toBe(1));
  const again = ask('/socket.io/');
  await untilOpen(again);
  again.socket.destroy();
  second.socket.destroy();
});

test('one above the most of a network is refused, and whoever asks too often', async () => {
  await eventually(async () => expect(peers.size).toBe(0));
  const from = { 'x-forwarded-for': '198.51.100.7' };
  const first = ask('/socket.io/', from);
  await untilOpen(first);
  const second = ask('/socket.io/', from);
  await second.ended;
  expect(second.text()).toMatch(/^HTTP\/1\.1 429 /);
  first.socket.destroy();
  await eventually(async () => expect(peers.size).toBe(0));
  const many = Array.from({ length: 40 }, () => ask('/socket.io/', from));
  for (const { socket } of many) socket.on('data', () => socket.destroy());
  await Promise.all(many.map(({ ended }) => ended));
  await eventually(async () => expect(peers.size).toBe(0));
  const last = ask('/socket.io/', from);
  await last.ended;
  expect(last.text()).toMatch(/^HTTP\/1\.1 429 /);
});

test('a client is let go when the websocket service is away', async () => {
  const away = await startTestService(service, { env: { WEBSOCKET_URL: 'http://127.0.0.1:9', LOG_LEVEL: 'fatal' } });
  const socket = connect(Number(new URL(away.url).port), '127.0.0.1');
  const ended = new Promise((resolve) => socket.once('close', resolve).on('error', () => socket.destroy()));
  socket.resume().write('GET /socket.io/ HTTP/1.1\r\nhost: x\r\nconnection: Upgrade\r\nupgrade: websocket\r\n\r\n');
  await ended;
  await away.stop();
});

test('a client that is gone before its refusal is written takes nobody with it', async () => {
  const hasty = Array.from({ length: 50 }, async () => {
    const { socket, ended } = ask('/');
    await new Promise((resolve) => socket.once('connect', resolve));
    socket.resetAndDestroy();
    await ended;
  });
  await Promise.all(hasty);
  expect((await gateway.request('GET', '/health')).status).toBe(200);
});
