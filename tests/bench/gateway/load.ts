// A client that costs little, so that what is measured is the server: raw sockets, requests made once, answers counted by their length.
import { connect } from 'node:net';
import { roundOf } from '../rounds.ts';
import { answerParent } from './process.ts';

/** What to send, and for how long. */
export interface Order {
  port: number;
  path: string;
  tokens: string[];
  /** A line of its head, sent with each. */
  header?: string;
  connections: number;
  seconds: number;
}

/** Sends on one connection, one request after the other, until the time is over. Rejects when an answer is no 200. */
function ask(order: Order, index: number, latenciesMs: number[]): Promise<void> {
  const token = order.tokens[index % order.tokens.length];
  const lines = [
    `GET ${order.path} HTTP/1.1`,
    'host: bench',
    'accept: application/json',
    token && `authorization: Bearer ${token}`,
    order.header,
  ];
  const request = Buffer.from(`${lines.filter(Boolean).join('\r\n')}\r\n\r\n`);
  const endMs = performance.now() + order.seconds * 1_000;
  return new Promise((resolve, reject) => {
    const socket = connect(order.port, '127.0.0.1').setNoDelay(true);
    let sentMs = performance.now();
    let received = '';
    const send = () => {
      sentMs = performance.now();
      socket.write(request);
    };
    socket.once('connect', send).once('error', reject);
    socket.once('close', () => reject(new Error('the server hung up')));
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1');
      const length = lengthOf(received);
      if (length === undefined || received.length < length) return;
      if (!received.startsWith('HTTP/1.1 200')) return reject(new Error(received.slice(0, 500)));
      received = '';
      latenciesMs.push(performance.now() - sentMs);
      if (performance.now() < endMs) return send();
      socket.destroy();
      resolve();
    });
  });
}

/** The length of the whole answer once that is known: after the head, or with the last of its chunks, which sidecars answer in. */
function lengthOf(received: string): number | undefined {
  const head = received.indexOf('\r\n\r\n');
  if (head === -1) return undefined;
  const [, length] = /content-length: (\d+)/i.exec(received.slice(0, head)) ?? [];
  if (length !== undefined) return head + 4 + Number(length);
  return received.endsWith('\r\n0\r\n\r\n') ? received.length : undefined;
}

answerParent({}, async (order: Order) => {
  const latenciesMs: number[] = [];
  const startedMs = performance.now();
  await Promise.all(Array.from({ length: order.connections }, (_, index) => ask(order, index, latenciesMs)));
  return roundOf(latenciesMs, (performance.now() - startedMs) / 1_000);
});
