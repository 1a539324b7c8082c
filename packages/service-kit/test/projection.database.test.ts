import type { TestService } from '@souk/testing';
import { startTestService } from '@souk/testing';
import mongoose from 'mongoose';
import { backgroundContext, defineStore, keepNewest, ofCompany } from '../src/index.ts';
import { thingService } from './things.ts';

interface Shop {
  _id: string;
  companyId: string;
  sequence: number;
  name?: string;
}
const shops = defineStore<Shop>({
  name: 'shops',
  schema: new mongoose.Schema<Shop>({ _id: String, companyId: String, sequence: Number, name: String }),
  scope: { company: 'companyId' },
});

describe('a projection', () => {
  let service: TestService;
  const keep = (sequence: number, name: string, _id = 's1') =>
    keepNewest(backgroundContext(service.running.runtime, 'a test'), shops, { _id, companyId: 'c1', sequence, name });
  const name = async (_id = 's1') => (await service.db(shops).findOne({ _id }))?.name;

  beforeAll(async () => {
    service = await startTestService(thingService({ stores: [shops] }));
  });
  afterAll(() => service.stop());

  it('keeps the newest, in whatever sequence facts come, and says what was news', async () => {
    expect([await keep(2000, 'two'), await keep(1000, 'one'), await keep(2000, 'again'), await keep(3000, 'three')]).toEqual([
      true,
      false,
      false,
      true,
    ]);
    expect(await name()).toBe('three');
  });

  it('keeps the newest of many that come at once', async () => {
    const facts = [4, 1, 5, 3, 2].map((each) => keep(each, String(each), 's2'));
    const outcomes = await Promise.allSettled(facts);
    // Two first ones may meet: the loser's delivery comes again.
    for (const [index, outcome] of outcomes.entries())
      if (outcome.status === 'rejected') await keep([4, 1, 5, 3, 2][index] ?? 0, String([4, 1, 5, 3, 2][index]), 's2');
    expect(await name('s2')).toBe('5');
  });

  it('forgets what the aggregate no longer has', async () => {
    await keep(1000, 'named', 's4');
    await keepNewest(backgroundContext(service.running.runtime, 'a test'), shops, { _id: 's4', companyId: 'c1', sequence: 2000 });
    expect(await service.db(shops).findOne({ _id: 's4' })).toEqual({ _id: 's4', companyId: 'c1', sequence: 2000 });
  });

  it('is not held back by the scope of the event it comes from', async () => {
    const ctx = backgroundContext(service.running.runtime, 'a test').as(ofCompany('another'));
    expect(await keepNewest(ctx, shops, { _id: 's3', companyId: 'c1', sequence: 1 })).toBe(true);
  });
});
