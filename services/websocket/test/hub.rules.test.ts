import { createServer } from 'node:http';
import { eventually } from '@souk/testing';
import { Server } from 'socket.io';
import { Hub } from '../src/hub.ts';
import type { Message } from '../src/room.model.ts';

const io = new Server(createServer());
const { adapter } = io.of('/');
const message = (room: string, offset: number): Message => ({
  _id: `${room}#${offset}`,
  room,
  offset,
  event: 'order:status_updated',
  causeId: 'a cause',
  at: new Date(0),
  data: {},
});

/** A log with messages 1 to `end` of a room; gives what is read from and what is emitted. */
function openLog(end: number): { reads: number[]; emitted: number[] } {
  const [reads, emitted]: [number[], number[]] = [[], []];
  const log = Array.from({ length: end }, (_, index) => message('order:1', index + 1));
  hub.open(io, {
    after: async (_room, offset) => {
      reads.push(offset);
      return log.filter((each) => each.offset > offset);
    },
    heads: async () => new Map<string, number>(),
  });
  jest.spyOn(adapter, 'broadcast').mockImplementation(({ data }) => void emitted.push(data[1].offset));
  return { reads, emitted };
}

let hub: Hub;
beforeEach(() => {
  hub = new Hub();
});
afterEach(() => {
  hub.close();
  adapter.removeAllListeners('delete-room');
  for (const id of [...adapter.sids.keys()]) adapter.delAll(id);
  jest.useRealTimers();
  jest.restoreAllMocks();
});

it('does not remember a room that everybody left while it was read', async () => {
  const reads: number[] = [];
  let answer: (found: Message[]) => void = () => undefined;
  const log = {
    after: (_room: string, offset: number) => {
      reads.push(offset);
      return new Promise<Message[]>((resolve) => {
        answer = resolve;
      });
    },
    heads: async () => new Map<string, number>(),
  };
  hub.open(io, log);
  await adapter.addAll('s1', new Set(['order:1']));
  hub.follow('order:1', 0);
  hub.tell('order:1', 1);
  await eventually(() => expect(reads).toEqual([0]));
  adapter.delAll('s1');
  answer([message('order:1', 1)]);
  await new Promise(setImmediate);
  hub.tell('order:1', 2);
  await new Promise(setImmediate);
  expect(reads).toEqual([0]);
});

it('asks for the ends of rooms that somebody is in, and of no other', async () => {
  jest.useFakeTimers();
  const asked: string[][] = [];
  hub.open(io, {
    after: async () => [],
    heads: async (rooms) => {
      asked.push([...rooms]);
      return new Map();
    },
  });
  await adapter.addAll('s1', new Set(['order:1']));
  for (const room of ['order:1', 'order:2']) hub.follow(room, 0);
  await jest.advanceTimersByTimeAsync(2_000);
  expect(asked).toEqual([['order:1']]);
});

it('reads nothing for the next message of a room, and what is missing before any other', async () => {
  const { reads, emitted } = openLog(4);
  await adapter.addAll('s1', new Set(['order:1']));
  hub.follow('order:1', 0);
  hub.offer(message('order:1', 1));
  expect([emitted, reads]).toEqual([[1], []]);
  hub.offer(message('order:1', 3));
  hub.offer(message('order:1', 4));
  await eventually(() => expect(emitted).toEqual([1, 2, 3, 4]));
  expect(reads).toEqual([1]);
  hub.offer(message('order:1', 4));
  hub.offer(message('order:2', 1));
  expect([emitted, reads]).toEqual([[1, 2, 3, 4], [1]]);
});

it('emits what was appended between a join and the answer to it', async () => {
  const { emitted } = openLog(2);
  await adapter.addAll('s1', new Set(['order:1']));
  hub.offer(message('order:1', 2));
  expect(hub.follow('order:1', 1)).toBe(1);
  await eventually(() => expect(emitted).toEqual([2]));
});

it('tells who joins beside another the offset that both are emitted from', async () => {
  openLog(8);
  await adapter.addAll('s1', new Set(['order:1']));
  expect(hub.follow('order:1', 8)).toBe(8);
  expect(hub.follow('order:1', 7)).toBe(8);
});

it('remembers the furthest of what it is told while it reads', async () => {
  const { reads, emitted } = openLog(3);
  await adapter.addAll('s1', new Set(['order:1']));
  hub.follow('order:1', 0);
  hub.tell('order:1', 1);
  hub.tell('order:1', 9);
  hub.tell('order:1', 2);
  await eventually(() => expect(reads).toEqual([0, 3]));
  expect(emitted).toEqual([1, 2, 3]);
});

it('does not keep from others what was appended before somebody joined', async () => {
  const { emitted } = openLog(2);
  await adapter.addAll('s1', new Set(['order:1']));
  hub.follow('order:1', 0);
  expect(hub.follow('order:1', 2)).toBe(2);
  hub.tell('order:1', 2);
  await eventually(() => expect(emitted).toEqual([1, 2]));
});
