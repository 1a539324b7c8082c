import type { Server as HttpServer } from 'node:http';
import type { Context, Runtime } from '@souk/service-kit';
import { backgroundContext } from '@souk/service-kit';
import { Server } from 'socket.io';
import { config } from './config.ts';
import { hub } from './hub.ts';
import type { LiveServer, LiveSocket } from './questions.ts';
import { answerQuestions, join } from './questions.ts';
import { roomsOf } from './room.rules.ts';
import { headsOf, messagesAfter } from './room.store.ts';

const CHECK_MS = 1_000;
const MOST_PAYLOAD = 16_384;

/** Opens Socket.IO on the service's port. A socket is refused without a valid token and closed when its session ends. */
export function openSockets(server: HttpServer, runtime: Runtime): { close(): Promise<void> } {
  const { CORS_ORIGINS } = config.of(runtime);
  const io: LiveServer = new Server(server, {
    cors: { origin: CORS_ORIGINS.includes('*') ? '*' : CORS_ORIGINS },
    maxHttpBufferSize: MOST_PAYLOAD,
    serveClient: false,
  });
  const ctx = backgroundContext(runtime, 'sockets');
  hub.of(runtime).open(io, {
    after: (room, offset, limit) => messagesAfter(ctx, { room, offset }, limit),
    heads: (rooms) => headsOf(ctx, rooms),
  });
  io.use((socket, next) => {
    letIn(runtime, io, socket).then(
      () => next(),
      () => next(new Error('unauthenticated')),
    );
  });
  io.on('connection', (socket) => {
    void welcome(ctx, socket).catch(() => socket.disconnect(true));
  });
  const checking = setInterval(() => closeEnded(runtime, io), CHECK_MS).unref();
  return {
    close: async () => {
      clearInterval(checking);
      await io.close();
    },
  };
}

/** Only sockets that are connected count: who hangs up during the handshake takes nobody's place. */
async function letIn(runtime: Runtime, io: LiveServer, socket: LiveSocket): Promise<void> {
  const token: unknown = socket.handshake.auth.token;
  if (io.sockets.sockets.size >= config.of(runtime).MOST_SOCKETS || typeof token !== 'string') throw new Error('refused');
  socket.data.claims = await runtime.tokens.verify(token);
}

async function welcome(ctx: Context, socket: LiveSocket): Promise<void> {
  answerQuestions(ctx, socket);
  const rooms = await Promise.all(roomsOf(socket.data.claims).map((room) => join(ctx, socket, room)));
  socket.emit('ready', { rooms });
}

/** A token that has expired or was revoked ends its socket: the client comes back with a new one. */
function closeEnded(runtime: Runtime, io: LiveServer): void {
  for (const socket of io.sockets.sockets.values()) if (!runtime.tokens.stands(socket.data.claims)) socket.disconnect(true);
}
