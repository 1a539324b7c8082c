import type { TestService } from '@souk/testing';
import { startTestService } from '@souk/testing';
import { AlreadySeen, conflict, defineError } from '../src/errors.ts';
import { memos, seenEvents } from '../src/events/inbox.ts';
import { eventLog } from '../src/events/log.ts';
import { newId, ofCompany, system } from '../src/index.ts';
import type { Tx } from '../src/unit.ts';
import { runUnit } from '../src/unit.ts';
import { origin, thing, thingMade, thingSeen, thingService, things } from './things.ts';
import { empty, unitRuntime } from './world.ts';

const soldOut = defineError('things.sold_out', 409, 'There is none left');

describe('a unit of work', () => {
  let service: TestService;
  let runtime: ReturnType<typeof unitRuntime>;
  const unit = (mark?: Parameters<typeof runUnit>[1]['mark'], scope = system('a test')) => ({ scope, origin, mark });
  const count = (store: Parameters<TestService['db']>[0]) => service.db(store).count({});
  const make = (name: string) => async (tx: Tx) => {
    const made = thing({ name });
    await tx.in(things).insertOne(made);
    tx.publish(thingMade, { subject: made._id, version: 1, companyId: 'c1', data: { name } });
    return { id: made._id };
  };

  beforeAll(async () => {
    service = await startTestService(thingService());
    runtime = unitRuntime(service.running.runtime.database);
  });
  afterAll(() => service.stop());
  beforeEach(async () => {
    await empty(runtime.database, things, eventLog, memos, seenEvents);
    runtime.committedEvents.length = 0;
  });

  it('commits its documents, its facts and its mark, and tells the relay', async () => {
    const { id } = await runUnit(runtime, unit({ seen: { _id: 'e1', producer: '/services/x', position: 4 } }), make('a'));
    expect(await service.db(eventLog).find({})).toMatchObject([
      {
        type: 'order.processing',
        subject: id,
        sequence: 1000,
        companyId: 'c1',
        unsent: true,
        requestId: 'r1',
        data: { name: 'a' },
      },
    ]);
    expect(await service.db(seenEvents).find({})).toMatchObject([{ _id: 'e1', producer: '/services/x', position: 4 }]);
    expect(runtime.committedEvents).toHaveLength(1);
  });

  it('writes nothing and tells nobody when its work fails', async () => {
    const work = runUnit(runtime, unit({ memoKey: 'k', seen: { _id: 'e', producer: 'p', position: 1 } }), async (tx) => {
      await make('a')(tx);
      throw conflict();
    });
    await expect(work).rejects.toMatchObject({ code: 'conflict' });
    expect(await Promise.all([things, eventLog, memos, seenEvents].map(count))).toEqual([0, 0, 0, 0]);
    expect(runtime.committedEvents).toEqual([]);
  });

  it('keeps no memo of what could not be logged', async () => {
    const work = runUnit(runtime, unit({ memoKey: 'k0' }), async (tx) =>
      tx.publish(thingMade, { subject: '', version: 1, data: { name: 'x' } }),
    );
    await expect(work).rejects.toThrow('subject');
    expect(await count(memos)).toBe(0);
  });

  it('numbers facts by the version of their subject and their place in the commit', async () => {
    await runUnit(runtime, unit(), async (tx) => {
      for (const [subject, version] of [
        ['a', 3],
        ['b', 1],
        ['a', 3],
      ] as const)
        tx.publish(thingMade, { subject, version, data: { name: 'x' } });
    });
    const logged = await service.db(eventLog).find({}, { sort: { sequence: 1 } });
    expect(logged.map(({ subject, sequence }) => [subject, sequence])).toEqual([
      ['b', 1000],
      ['a', 3000],
      ['a', 3001],
    ]);
  });

  it('takes no signal: signals are not part of a commit', async () => {
    const work = runUnit(runtime, unit(), async (tx) => tx.publish(thingSeen, { subject: 's', version: 1, data: { name: 'x' } }));
    await expect(work).rejects.toThrow(TypeError);
  });

  it('has its effect once for an event, whoever else works it off at the same time', async () => {
    const mark = { seen: { _id: newId(), producer: 'p', position: 1 } };
    const outcomes = await Promise.allSettled(['a', 'b', 'c'].map((name) => runUnit(runtime, unit(mark), make(name))));
    const refused = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
    expect(refused).toHaveLength(2);
    expect(refused.every((reason) => reason instanceof AlreadySeen)).toBe(true);
    expect(await count(things)).toBe(1);
    expect(await count(eventLog)).toBe(1);
  });

  it('gives a repeat under a key what the first one got, with nothing written twice', async () => {
    const first = await runUnit(runtime, unit({ memoKey: 'k1' }), make('a'));
    const second = await runUnit(runtime, unit({ memoKey: 'k1' }), make('b'));
    expect(second).toEqual(first);
    expect(await count(things)).toBe(1);
    expect(runtime.committedEvents).toHaveLength(1);
  });

  it('gives a repeat what it got, though what it did makes it be refused now', async () => {
    const takeLast = async (tx: Tx) => {
      const taken = await tx.in(things).updateOne({ _id: 'last', count: 1 }, { $set: { count: 0 } });
      if (taken.matched === 0) throw soldOut();
      return { taken: 1 };
    };
    await service.db(things).insertOne(thing({ _id: 'last', count: 1 }));
    expect(await runUnit(runtime, unit({ memoKey: 'k2' }), takeLast)).toEqual({ taken: 1 });
    expect(await runUnit(runtime, unit({ memoKey: 'k2' }), takeLast)).toEqual({ taken: 1 });
    await expect(runUnit(runtime, unit({ memoKey: 'k3' }), takeLast)).rejects.toMatchObject({ code: 'things.sold_out' });
  });

  it('passes a duplicate of its own documents on', async () => {
    await runUnit(runtime, unit({ memoKey: 'k4' }), make('same'));
    const error = await runUnit(runtime, unit({ memoKey: 'k5' }), make('same')).catch((thrown) => thrown);
    expect(runtime.database.driver.isDuplicate(error)).toBe(true);
  });

  it('sees what its scope sees, until it is told another', async () => {
    await service.db(things).insertMany([thing({ companyId: 'c1' }), thing({ companyId: 'c2' })]);
    const seen = await runUnit(runtime, unit(undefined, ofCompany('c1')), async (tx) => [
      await tx.in(things).count({}),
      await tx.as(system('a test')).in(things).count({}),
    ]);
    expect(seen).toEqual([1, 2]);
  });

  it('counts right when many fight over one document', async () => {
    await service.db(things).insertOne(thing({ _id: 'hot' }));
    const add = () =>
      runUnit(runtime, unit(), async (tx) => {
        const hot = await tx.in(things).findOne({ _id: 'hot' });
        await tx.in(things).updateOne({ _id: 'hot' }, { $set: { count: (hot?.count ?? 0) + 1 } });
        tx.publish(thingMade, { subject: 'hot', version: 1, data: { name: 'x' } });
      });
    await Promise.all(Array.from({ length: 6 }, add));
    expect((await service.db(things).findOne({ _id: 'hot' }))?.count).toBe(6);
    expect(await count(eventLog)).toBe(6);
    expect(runtime.committedEvents).toHaveLength(6);
  });
});
