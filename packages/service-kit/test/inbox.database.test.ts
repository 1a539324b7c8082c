import type { TestService } from '@souk/testing';
import { startTestService } from '@souk/testing';
import mongoose from 'mongoose';
import { memos, seenEvents } from '../src/events/inbox.ts';
import { thingService } from './things.ts';

const DAY = 24 * 3600;

describe('what the kit remembers', () => {
  let service: TestService;
  beforeAll(async () => {
    service = await startTestService(thingService());
  });
  afterAll(() => service.stop());

  it('of an event is there once', async () => {
    const seen = { _id: 'e1', producer: '/services/x', position: 1, at: new Date() };
    await service.db(seenEvents).insertOne(seen);
    await expect(service.db(seenEvents).insertOne(seen)).rejects.toMatchObject({ code: 11_000 });
    await expect(service.db(seenEvents).insertOne({ ...seen, _id: 'e2', position: Number.NaN })).rejects.toThrow();
  });

  it('of a request is there once, with any value that it gave', async () => {
    for (const [index, value] of [null, 'text', { lines: [1, { at: new Date(0) }] }].entries()) {
      await service.db(memos).insertOne({ _id: `k${index}`, value, at: new Date() });
      expect((await service.db(memos).findOne({ _id: `k${index}` }))?.value).toEqual(value);
    }
    await expect(service.db(memos).insertOne({ _id: 'k0', value: 1, at: new Date() })).rejects.toMatchObject({ code: 11_000 });
  });

  it.each([
    ['events for thirty days', 'seen', 30 * DAY],
    ['answers under a key for one day', 'memos', DAY],
  ])('keeps %s', (_name, name, seconds) => {
    const connection = mongoose.createConnection();
    (name === 'seen' ? seenEvents : memos).open(connection);
    const ttl = connection
      .model(name)
      .schema.indexes()
      .find(([, options]) => options?.expireAfterSeconds !== undefined);
    expect(ttl?.[1]?.expireAfterSeconds).toBe(seconds);
  });
});
