import type { Figure } from '@souk/service-kit';
import { defineResource } from '@souk/service-kit';
import type { Server } from 'socket.io';
import type { Message } from './room.model.ts';

/** Reads a room's log for the sockets of this replica. */
export interface RoomLog {
  after(room: string, offset: number, limit: number): Promise<Message[]>;
  heads(rooms: readonly string[]): Promise<Map<string, number>>;
}

const AT_ONCE = 200;
/** Signals may be lost: the rooms that sockets of this replica are in are compared with the log this often. */
const POLL_MS = 2_000;

/**
 * Emits room messages to the sockets of this replica, in the sequence of their offsets and without a gap: what is not the next message
 * of its room waits until the log was read.
 */
export class Hub {
  #io: Server | undefined;
  #log: RoomLog | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** Offset up to which a room's messages were emitted here. */
  readonly #emitted = new Map<string, number>();
  readonly #pumping = new Set<string>();
  /** What was told of a room while it was being read, or joined. */
  readonly #again = new Map<string, number>();

  open(io: Server, log: RoomLog): void {
    this.#io = io;
    this.#log = log;
    io.of('/').adapter.on('delete-room', (room: string) => {
      this.#emitted.delete(room);
      this.#again.delete(room);
    });
    this.#timer = setInterval(() => void this.#poll().catch(() => undefined), POLL_MS).unref();
  }

  close(): void {
    clearInterval(this.#timer);
    this.#io = undefined;
  }

  /** How many clients are connected to this replica. */
  get sockets(): number {
    return this.#io?.of('/').sockets.size ?? 0;
  }

  /** Says from which offset on a room's messages are to be emitted to a socket that is in it. Gives the one that they are emitted from. */
  follow(room: string, offset: number): number {
    const emitted = this.#emitted.get(room);
    // Others in the room may still have to hear what comes before this socket's offset.
    if (emitted === undefined) this.#emitted.set(room, offset);
    this.#tellAgain(room);
    return Math.max(offset, emitted ?? 0);
  }

  /** A message was appended just now: if it is the next of its room, nothing needs to be read. */
  offer(message: Message): void {
    const { room, offset } = message;
    const mayEmit = this.#emitted.get(room) === offset - 1 && !this.#pumping.has(room);
    if (mayEmit) this.#emit(message);
    else this.tell(room, offset);
  }

  /** A room has grown to `offset`, as far as somebody knows. */
  tell(room: string, offset: number): void {
    const emitted = this.#emitted.get(room);
    if (emitted !== undefined && emitted >= offset) return;
    // Somebody joins and is about to say from where.
    const isJoined = emitted === undefined && this.#io?.of('/').adapter.rooms.has(room);
    if (isJoined || this.#pumping.has(room)) this.#again.set(room, Math.max(offset, this.#again.get(room) ?? 0));
    else if (emitted !== undefined) void this.#pumpOnce(room);
  }

  #tellAgain(room: string): void {
    const told = this.#again.get(room);
    this.#again.delete(room);
    if (told !== undefined) this.tell(room, told);
  }

  async #pumpOnce(room: string): Promise<void> {
    this.#pumping.add(room);
    // A failed read is made good by the next message or the poll.
    await this.#pump(room).catch(() => undefined);
    this.#pumping.delete(room);
    this.#tellAgain(room);
  }

  async #pump(room: string): Promise<void> {
    for (;;) {
      const emitted = this.#emitted.get(room);
      if (emitted === undefined || !this.#log) return;
      const found = await this.#log.after(room, emitted, AT_ONCE);
      for (const message of found) this.#emit(message);
      if (found.length < AT_ONCE) return;
    }
  }

  /** Emits a message once. A room that everybody left while it was read stays forgotten; who came meanwhile may already be further. */
  #emit(message: Message): void {
    const { room, offset } = message;
    const known = this.#emitted.get(room);
    if (known === undefined || offset <= known) return;
    this.#emitted.set(room, offset);
    this.#io?.to(room).emit(message.event, viewMessage(message));
  }

  async #poll(): Promise<void> {
    const inhabited = this.#io?.of('/').adapter.rooms;
    for (const room of this.#emitted.keys()) if (!inhabited?.has(room)) this.#emitted.delete(room);
    const rooms = [...this.#emitted.keys()];
    if (rooms.length === 0) return;
    const heads = await this.#log?.heads(rooms);
    for (const [room, offset] of heads ?? []) this.tell(room, offset);
  }
}

/** A message as clients get it, live and after a drop alike. */
export const viewMessage = ({ room, offset, event, causeId, at, data }: Message) => ({
  room,
  offset,
  event,
  id: causeId,
  at: at.toISOString(),
  data,
});

export const hub = defineResource({ name: 'hub', start: () => new Hub(), stop: (opened) => opened.close() });

export const socketFigures: readonly Figure[] = [
  {
    name: 'souk_sockets',
    help: 'Clients that are connected to a replica',
    label: 'state',
    read: async (ctx) => ({ open: hub.of(ctx).sockets }),
  },
];
