import type { Server as HttpServer } from 'node:http';
import { getOrderState, id } from '@souk/contracts';
import type { Claims, Context, Runtime } from '@souk/service-kit';
import { backgroundContext } from '@souk/service-kit';
import type { Socket } from 'socket.io';
import { Server } from 'socket.io';
import { z } from 'zod';
import { config } from './config.ts';
import { hub, viewMessage } from './hub.ts';
import { maySeeOrder, orderRoom, roomsOf } from './room.rules.ts';
import { headOf, headsOf, messagesAfter } from './room.store.ts';

const CHECK_MS = 1_000;
const MOST_MISSED = 500;
const MOST_PAYLOAD = 16_384;

const since = { name: 'since', schema: z.strictObject({ room: z.string().max(80), offset: z.int().min(0) }) };
const followOrder = { name: 'order:follow', schema: z.strictObject({ orderId: id }) };

type Ack = (answer: object) => void;

interface Member {
  token: string;
  claims: Claims;
}

/** Opens Socket.IO on the service's port. A socket is refused without a valid token and closed when its session ends. */
export function openSockets(server: HttpServer, runtime: Runtime): { close(): Promise<void> } {
  const { CORS_ORIGINS, MOST_SOCKETS } = config.of(runtime);
  const io = new Server(server, { cors: { origin: CORS_ORIGINS }, maxHttpBufferSize: MOST_PAYLOAD, serveClient: false });
  const ctx = backgroundContext(runtime, 'sockets');
  const members = new Map<string, Member>();
  hub.of(runtime).open(io, {
    after: (room, offset, limit) => messagesAfter(ctx, { room, offset }, limit),
    heads: (rooms) => headsOf(ctx, rooms),
  });
  io.use((socket, next) => {
    const token: unknown = socket.handshake.auth.token;
    if (members.size >= MOST_SOCKETS || typeof token !== 'string') return next(new Error('unauthenticated'));
    runtime.tokens.verify(token).then(
      (claims) => {
        members.set(socket.id, { token, claims });
        next();
      },
      () => next(new Error('unauthenticated')),
    );
  });
  io.on('connection', (socket) => {
    const member = members.get(socket.id);
    socket.on('disconnect', () => members.delete(socket.id));
    if (member) void welcome(ctx, socket, member.claims).catch(() => socket.disconnect(true));
  });
  const checking = setInterval(() => void closeEnded(runtime, io, members), CHECK_MS).unref();
  return {
    close: async () => {
      clearInterval(checking);
      await io.close();
    },
  };
}

async function welcome(ctx: Context, socket: Socket, claims: Claims): Promise<void> {
  answerOn(socket, since, async (request, ack) => {
    if (!socket.rooms.has(request.room)) return ack({ error: { code: 'websocket.room_unknown' } });
    const missed = await messagesAfter(ctx, request, MOST_MISSED);
    ack({ messages: missed.map(viewMessage), more: missed.length === MOST_MISSED });
  });
  answerOn(socket, followOrder, async ({ orderId }, ack) => {
    const order = await ctx.invoke(getOrderState, { params: { id: orderId } });
    if (!maySeeOrder(claims, order)) return ack({ error: { code: 'websocket.room_unknown' } });
    ack(await join(ctx, socket, orderRoom(orderId)));
  });
  const rooms = await Promise.all(roomsOf(claims).map((room) => join(ctx, socket, room)));
  socket.emit('ready', { rooms });
}

/** Joins first and reads the room's end after: what comes between is emitted live. */
async function join(ctx: Context, socket: Socket, room: string): Promise<{ room: string; offset: number }> {
  await socket.join(room);
  const offset = await headOf(ctx, room);
  hub.of(ctx).follow(room, offset);
  return { room, offset };
}

interface Question<Request> {
  name: string;
  schema: z.ZodType<Request>;
}

/** Answers a client's request by its acknowledgement; a request that is not as it must be, or cannot be met, gets an error there. */
function answerOn<Request>(
  socket: Socket,
  { name, schema }: Question<Request>,
  run: (request: Request, ack: Ack) => Promise<void>,
): void {
  socket.on(name, (raw: unknown, ack: unknown) => {
    if (typeof ack !== 'function') return;
    const reply: Ack = (answer) => ack(answer);
    const parsed = schema.safeParse(raw);
    if (!parsed.success) return reply({ error: { code: 'invalid_request' } });
    run(parsed.data, reply).catch((error: unknown) => {
      const isMissing = error instanceof Error && 'status' in error && error.status === 404;
      reply({ error: { code: isMissing ? 'websocket.room_unknown' : 'unavailable' } });
    });
  });
}

/** A token that has expired or was revoked ends its socket: the client comes back with a new one. */
async function closeEnded(runtime: Runtime, io: Server, members: Map<string, Member>): Promise<void> {
  for (const [socketId, { token }] of members) {
    const isValid = await runtime.tokens.verify(token).then(
      () => true,
      () => false,
    );
    if (!isValid) io.sockets.sockets.get(socketId)?.disconnect(true);
  }
}
