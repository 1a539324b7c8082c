import type { Chance } from '../../faults/chance.ts';
import { pick } from '../../faults/chance.ts';
import { garbageBody } from './bodies.ts';
import { framings } from './framings.ts';
import { heads } from './heads.ts';

/** What is written on a connection, piece by piece; a client that hangs up does so at once and without a goodbye. */
export interface Message {
  name: string;
  pieces: readonly (Buffer | string)[];
  hangsUp?: boolean;
}

/** Where garbage goes: a path for reading and one that takes a body, with the headers of somebody who may. */
export interface Target {
  readPath: string;
  writePath: string;
  /** Before all paths of the service. */
  prefix: string;
  headers: readonly string[];
}

const lines = (all: readonly string[]) => all.map((line) => `${line}\r\n`).join('');

/** A client's request to speak WebSocket. */
export const upgradeOf = (path: string, start = 'Host: localhost\r\n'): string => {
  const key = 'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: x3JJHMbDL1EzLkh9GBhXDw==\r\n';
  return `GET ${path} HTTP/1.1\r\n${start}Connection: Upgrade\r\nUpgrade: websocket\r\n${key}\r\n`;
};

/** A source of messages for one target, as they follow from `chance`. */
export function messagesFor({ readPath, writePath, prefix, headers }: Target, chance: Chance): () => Message {
  const start = lines(['Host: localhost', ...headers]);
  const post = `POST ${writePath} HTTP/1.1\r\n${start}`;
  const good = `GET ${readPath} HTTP/1.1\r\n${start}\r\n`;
  const framed = framings(`${post}Content-Type: application/json\r\n`, prefix);
  const odd = heads(readPath, start);

  const body = (): Message => {
    const { name, bytes, headers: own } = garbageBody(chance);
    return { name: `body: ${name}`, pieces: [`${post}${lines([...own, `Content-Length: ${bytes.length}`])}\r\n`, bytes] };
  };
  const of = (kind: string, from: readonly (Buffer | string)[]) => (): Message => {
    const index = Math.floor(chance() * from.length);
    return { name: `${kind} ${index}: ${String(from[index]).slice(0, 60)}`, pieces: [from[index] ?? ''] };
  };
  const pipelined = (): Message => {
    const sound = Array.from({ length: 1 + Math.floor(chance() * 20) }, () => good);
    return { name: 'pipeline', pieces: [...sound, pick(chance, [...framed, ...odd]), good] };
  };
  const cut = (): Message => {
    const { name, pieces } = pick(chance, [body, of('framing', framed), of('head', odd)])();
    const whole = Buffer.concat(pieces.map((piece) => Buffer.from(piece)));
    return { name: `cut ${name}`, pieces: [whole.subarray(0, Math.floor(chance() * whole.length))], hangsUp: chance() < 0.5 };
  };
  const dripped = (): Message => {
    const whole = Buffer.from(`${post}Content-Type: application/json\r\nContent-Length: 400\r\n\r\n{"email":"`);
    return { name: 'dripped', pieces: [...whole.subarray(0, 300 * chance())].map((byte) => Buffer.from([byte])) };
  };
  const gone = (): Message => {
    const path = pick(chance, [readPath, '/socket.io/?EIO=4&transport=websocket', '/x']);
    return { name: 'upgrade, then gone', pieces: [upgradeOf(path, start)], hangsUp: true };
  };
  const kinds = [
    body,
    body,
    body,
    of('framing', framed),
    of('framing', framed),
    of('head', odd),
    of('head', odd),
    pipelined,
    cut,
    dripped,
    gone,
  ];
  return () => pick(chance, kinds)();
}
