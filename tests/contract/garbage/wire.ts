import { connect } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import type { Message } from './messages.ts';

/** A server that has not closed a connection by then holds it for ever. */
const DEADLINE_MS = 20_000;
const MOST_KEPT = 256 * 1024;

/** What came back on a connection until the server closed it; undefined when it never did. */
export async function speak(port: number, { pieces, hangsUp }: Message): Promise<string | undefined> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  let heard = '';
  const closed = new Promise<boolean>((resolve) => {
    socket.setTimeout(DEADLINE_MS, () => resolve(false));
    socket.once('close', () => resolve(true));
  });
  // The server may close while we still write.
  socket.on('error', () => undefined);
  socket.on('data', (chunk: Buffer) => {
    if (heard.length < MOST_KEPT) heard += chunk.toString('latin1');
  });
  for (const piece of pieces) {
    if (socket.destroyed) break;
    socket.write(piece);
    await turn();
  }
  if (hangsUp) socket.resetAndDestroy();
  const isClosed = await closed;
  socket.destroy();
  return isClosed ? heard : undefined;
}

/** The statuses of all answers in what came back. Bodies of ours are JSON on one line, so no line of theirs looks like one. */
export const statusesIn = (heard: string): number[] =>
  [...heard.matchAll(/(?:^|\n|\}|\r)HTTP\/1\.1 (\d{3}) /g)].map((match) => Number(match[1]));
