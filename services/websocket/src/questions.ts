import { getOrderState, id } from '@souk/contracts';
import type { Claims, Context } from '@souk/service-kit';
import { DomainError, invalid, tooManyRequests, unavailable } from '@souk/service-kit';
import type { DefaultEventsMap, Server, Socket } from 'socket.io';
import { z } from 'zod';
import { tokenBucket } from './bucket.rules.ts';
import { roomUnknown, tooManyRooms } from './errors.ts';
import { hub, viewMessage } from './hub.ts';
import { isOrderRoom, maySeeOrder, orderRoom } from './room.rules.ts';
import { headOf, messagesAfter } from './room.store.ts';

const MOST_MISSED = 500;
const MOST_PER_SECOND = 20;
const MOST_ORDERS = 200;

interface SocketData {
  claims: Claims;
}
export type LiveServer = Server<DefaultEventsMap, DefaultEventsMap, DefaultEventsMap, SocketData>;
export type LiveSocket = Socket<DefaultEventsMap, DefaultEventsMap, DefaultEventsMap, SocketData>;

const since = { name: 'since', schema: z.strictObject({ room: z.string().max(80), offset: z.int().min(0) }) };
const followOrder = { name: 'order:follow', schema: z.strictObject({ orderId: id }) };

/** Answers what a socket asks: what it has missed, and to follow an order. */
export function answerQuestions(ctx: Context, socket: LiveSocket): void {
  const bucket = tokenBucket(MOST_PER_SECOND, () => performance.now());
  const answerOn = answersOf(socket, bucket);
  answerOn(since, async (request) => {
    if (!socket.rooms.has(request.room)) throw roomUnknown();
    const missed = await messagesAfter(ctx, request, MOST_MISSED);
    return { messages: missed.map(viewMessage), more: missed.length === MOST_MISSED };
  });
  answerOn(followOrder, async ({ orderId }) => {
    const order = await ctx.invoke(getOrderState, { params: { id: orderId } });
    if (!maySeeOrder(socket.data.claims, order)) throw roomUnknown();
    const followed = [...socket.rooms].filter(isOrderRoom);
    if (followed.length >= MOST_ORDERS && !socket.rooms.has(orderRoom(orderId))) throw tooManyRooms();
    return join(ctx, socket, orderRoom(orderId));
  });
}

/** Joins first and reads the room's end after: what comes between is emitted live. */
export async function join(ctx: Context, socket: LiveSocket, room: string): Promise<{ room: string; offset: number }> {
  await socket.join(room);
  const head = await headOf(ctx, room);
  // A socket that has gone meanwhile left its rooms when it went: nobody would say so again.
  return { room, offset: socket.connected ? hub.of(ctx).follow(room, head) : head };
}

interface Question<Request> {
  name: string;
  schema: z.ZodType<Request>;
}

/** Answers by the acknowledgement of the client; who asks too often, or for what cannot be, gets the code of an error there. */
const answersOf =
  (socket: LiveSocket, bucket: { take(): boolean }) =>
  <Request>({ name, schema }: Question<Request>, run: (request: Request) => Promise<object>): void => {
    socket.on(name, (raw: unknown, ack: unknown) => {
      const mayAsk = bucket.take();
      if (typeof ack !== 'function') return;
      const answer = async () => {
        if (!mayAsk) throw tooManyRequests();
        const parsed = schema.safeParse(raw);
        if (!parsed.success) throw invalid();
        return run(parsed.data);
      };
      answer().then(
        (answered) => ack(answered),
        (error: unknown) => ack({ error: { code: codeOf(error) } }),
      );
    });
  };

/** An order that is not there is answered as one that is not the asker's. */
function codeOf(error: unknown): string {
  if (!(error instanceof DomainError)) return unavailable.code;
  if (error.status >= 500) return unavailable.code;
  return error.status === roomUnknown.status ? roomUnknown.code : error.code;
}
