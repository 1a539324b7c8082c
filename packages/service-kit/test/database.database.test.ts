import type { TestService } from '@souk/testing';
import { startTestService } from '@souk/testing';
import mongoose from 'mongoose';
import { defineStore, system } from '../src/index.ts';
import type { Thing } from './things.ts';
import { thing, thingService, things } from './things.ts';

const stranger = defineStore<{ _id: string }>({
  name: 'strangers',
  schema: new mongoose.Schema<{ _id: string }>({ _id: String }),
  scope: {},
});

describe('a database', () => {
  let service: TestService;
  let unchecked: TestService;
  beforeAll(async () => {
    service = await startTestService(thingService());
    unchecked = await startTestService(thingService(), { env: { SOUK_CHECK_WRITES: 'false' } });
  });
  afterAll(() => Promise.all([service.stop(), unchecked.stop()]));

  it('hands out only stores that its service declares', () => {
    expect(() => service.running.runtime.database.in(stranger, system('a test'))).toThrow('strangers is not declared');
  });

  it('is each service’s own', async () => {
    await service.db(things).insertOne(thing({ _id: 'mine' }));
    expect(await unchecked.db(things).findOne({ _id: 'mine' })).toBeNull();
  });

  it('checks what is inserted in tests, and leaves it to types on hot paths', async () => {
    const wrong = { ...thing(), more: 1 } as Thing;
    await expect(service.db(things).insertOne(wrong)).rejects.toThrow();
    await expect(unchecked.db(things).insertOne(wrong)).resolves.toBeUndefined();
  });
});
