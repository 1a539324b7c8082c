import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Runtime } from '@souk/service-kit';
import { createProxyServer } from 'http-proxy-3';
import { config } from './config.ts';

const PATH = /^\/socket\.io\/(?:\?|$)/;
const REFUSAL = 'HTTP/1.1 404 Not Found\r\nconnection: close\r\ncontent-length: 0\r\n\r\n';

/**
 * Hands upgrades of `/socket.io` on to the websocket service. A socket cannot go through sidecars, so it goes there directly, and its
 * token is checked there; nothing else is upgraded.
 */
export function openSocketPassage(server: Server, runtime: Runtime): { close(): Promise<void> } {
  const { WEBSOCKET_URL, MOST_SOCKETS } = config.of(runtime);
  const proxy = createProxyServer({ target: WEBSOCKET_URL, ws: true });
  const open = new Set<Socket>();
  proxy.on('error', (error, _request, peer) => {
    runtime.log.warn({ err: error }, 'the websocket service could not be reached');
    if ('destroy' in peer) peer.destroy();
  });
  server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    // Node hands the socket over without a listener: unheard, the error of a client that hangs up would end the process.
    socket.on('error', () => socket.destroy());
    if (!PATH.test(request.url ?? '') || open.size >= MOST_SOCKETS) return refuse(socket);
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    for (const name of Object.keys(request.headers)) if (name.startsWith('dapr-')) delete request.headers[name];
    proxy.ws(request, socket, head);
  });
  return {
    close: async () => {
      for (const socket of open) socket.destroy();
      proxy.close();
    },
  };
}

/** Closes it once the refusal is written: no timeout of the server's concerns a socket that was handed over. */
function refuse(socket: Socket): void {
  socket.write(REFUSAL);
  socket.destroySoon();
}
