import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Runtime } from '@souk/service-kit';
import { clientReader } from '@souk/service-kit';
import { createProxyServer } from 'http-proxy-3';
import { config } from './config.ts';
import { budgets } from './limits/budgets.ts';

const PATH = /^\/socket\.io\/(?:\?|$)/;
const NOT_FOUND = '404 Not Found';
const TOO_MANY = '429 Too Many Requests';
const FULL = '503 Service Unavailable';

/**
 * Hands upgrades of `/socket.io` on to the websocket service. A socket cannot go through sidecars, so it goes there directly, and its
 * token is checked there; nothing else is upgraded.
 */
export function openSocketPassage(server: Server, runtime: Runtime): { close(): Promise<void> } {
  const { WEBSOCKET_URL, MOST_SOCKETS, MOST_SOCKETS_PER_IP, LIMIT_PER_IP, TRUSTED_PROXIES } = config.of(runtime);
  const clientOf = clientReader(TRUSTED_PROXIES);
  const proxy = createProxyServer({ target: WEBSOCKET_URL, ws: true });
  /** Those that are open, with the network of each. */
  const open = new Map<Socket, string>();
  const openOf = (network: string) => [...open.values()].filter((each) => each === network).length;
  /** Why one more of a network's is not opened; undefined for one that is. */
  const refusalOf = async (network: string): Promise<string | undefined> => {
    const { hits } = await budgets.of(runtime).take('ip', network, LIMIT_PER_IP);
    if (hits > LIMIT_PER_IP || openOf(network) >= MOST_SOCKETS_PER_IP) return TOO_MANY;
    return open.size >= MOST_SOCKETS ? FULL : undefined;
  };
  proxy.on('error', (error, _request, peer) => {
    runtime.log.warn({ err: error }, 'the websocket service could not be reached');
    if ('destroy' in peer) peer.destroy();
  });
  server.on('upgrade', async (request: IncomingMessage, socket: Socket, head: Buffer) => {
    // Node hands the socket over without a listener: unheard, the error of a client that hangs up would end the process.
    socket.on('error', () => socket.destroy());
    if (!PATH.test(request.url ?? '')) return refuse(socket, NOT_FOUND);
    const { network } = clientOf(request);
    const refusal = await refusalOf(network).catch(() => FULL);
    if (refusal !== undefined) return refuse(socket, refusal);
    if (socket.destroyed) return;
    open.set(socket, network);
    socket.once('close', () => open.delete(socket));
    for (const name of Object.keys(request.headers)) if (name.startsWith('dapr-')) delete request.headers[name];
    proxy.ws(request, socket, head);
  });
  return {
    close: async () => {
      for (const socket of open.keys()) socket.destroy();
      proxy.close();
    },
  };
}

/** Closes it once the refusal is written: no timeout of the server's concerns a socket that was handed over. */
function refuse(socket: Socket, status: string): void {
  socket.write(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
  socket.destroySoon();
}
