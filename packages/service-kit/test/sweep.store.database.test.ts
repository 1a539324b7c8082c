import type { TestService } from '@souk/testing';
import { startTestService } from '@souk/testing';
import { subscriptionStarts, sweepCursors } from '../src/events/sweep.store.ts';
import { ofCompany, ScopeError } from '../src/index.ts';
import { thingService } from './things.ts';

describe('where a sweep stands', () => {
  let service: TestService;
  beforeAll(async () => {
    service = await startTestService(thingService());
  });
  afterAll(() => service.stop());

  it('is a place and a time, and nothing else', async () => {
    await service.db(sweepCursors).insertOne({ _id: 'company', position: 3 });
    await service.db(subscriptionStarts).insertOne({ _id: 'company.created', since: new Date(0) });
    expect(await service.db(sweepCursors).find({})).toEqual([{ _id: 'company', position: 3 }]);
    await expect(service.db(sweepCursors).insertOne({ _id: 'x' } as never)).rejects.toThrow();
    await expect(service.db(subscriptionStarts).insertOne({ _id: 'x' } as never)).rejects.toThrow();
  });

  it('is no company’s', () => {
    const { database } = service.running.runtime;
    expect(() => database.in(sweepCursors, ofCompany('c1')).count({})).toThrow(ScopeError);
    expect(() => database.in(subscriptionStarts, ofCompany('c1')).count({})).toThrow(ScopeError);
  });
});
