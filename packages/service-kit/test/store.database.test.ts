import type { TestService } from '@souk/testing';
import { startTestService } from '@souk/testing';
import mongoose from 'mongoose';
import { defineStore } from '../src/mongo/store.ts';
import type { Thing } from './things.ts';
import { thing, thingService, things } from './things.ts';

test('a store says how it is scoped, and joins nothing unless it says so', () => {
  const store = defineStore<{ _id: string }>({
    name: 's',
    schema: new mongoose.Schema<{ _id: string }>({ _id: String }),
    scope: {},
  });
  expect(store).toMatchObject({ name: 's', scope: {}, joins: [] });
});

describe('a store that is opened', () => {
  let service: TestService;
  beforeAll(async () => {
    service = await startTestService(thingService());
  });
  afterAll(() => service.stop());

  it('has its indexes', async () => {
    await service.db(things).insertOne(thing({ name: 'only once' }));
    await expect(service.db(things).insertOne(thing({ name: 'only once' }))).rejects.toMatchObject({ code: 11_000 });
  });

  it.each([
    ['a field it does not declare', { more: 1 }],
    ['a field of another type', { count: 'many' }],
    ['no company', { companyId: undefined }],
  ])('refuses a document with %s', async (_name, wrong) => {
    await expect(service.db(things).insertOne({ ...thing(), ...wrong } as Thing)).rejects.toThrow();
  });

  it('takes one that is as it says, and gives it back plain', async () => {
    const made = thing({ _id: 'plain' });
    await service.db(things).insertOne(made);
    expect(await service.db(things).findOne({ _id: 'plain' })).toEqual(made);
  });
});
