import type { TestService } from '@souk/testing';
import { eventually, startTestService } from '@souk/testing';
import type { Context } from '../src/context.ts';
import type { Tx } from '../src/index.ts';
import { backgroundContext, defineBatch, system } from '../src/index.ts';
import { JobRunner, job, LeaseLost, leases, takeLease } from '../src/jobs.ts';
import { thing, thingService, things } from './things.ts';
import { empty } from './world.ts';

const makeThings = defineBatch<string, null>('make things', async (entries, tx) => {
  await tx.in(things).insertMany(entries.map(({ request }) => thing({ _id: request })));
  return entries.map(() => ({ value: null }));
});

describe('what a job writes', () => {
  let service: TestService;
  const database = () => service.running.runtime.database;
  const lease = () => service.db(leases).findOne({ _id: 'job:tried' });
  const set = (until: Date) => service.db(leases).updateOne({ _id: 'job:tried' }, { $set: { until } });
  const expire = () => set(new Date(Date.now() - 1));
  const insert = (name: string) => (tx: Tx) => tx.in(things).insertOne(thing({ _id: name }));
  const written = async () => (await service.db(things).find({}, { sort: { _id: 1 } })).map(({ _id }) => _id);

  async function takeOver(): Promise<void> {
    await expire();
    expect(await takeLease(database(), 'job:tried', { forMs: 60_000, who: 'another replica' })).not.toBeNull();
  }

  function run(work: (ctx: Context) => Promise<unknown>, everyMs = 20): Promise<boolean> {
    const { runtime } = service.running;
    const context = (name: string, fence: Parameters<typeof backgroundContext>[2]) => backgroundContext(runtime, name, fence);
    return new JobRunner({ jobs: [], database: database(), log: runtime.log, context }).runNow(job('tried', everyMs, work));
  }

  beforeAll(async () => {
    service = await startTestService(thingService(), { env: { LOG_LEVEL: 'fatal' } });
  });
  beforeEach(() => empty(database(), things, leases));
  afterAll(() => service.stop());

  it('is written while it holds its lease, and extends it', async () => {
    await run(async (ctx) => {
      const until = new Date(Date.now() + 1_000);
      await set(until);
      await ctx.transaction(insert('in time'));
      expect((await lease())?.until.getTime()).toBeGreaterThan(until.getTime());
    });
    expect(await written()).toEqual(['in time']);
  });

  it('is not written once another replica has taken the lease over', async () => {
    await run(async (ctx) => {
      await ctx.transaction(insert('in time'));
      await takeOver();
      await expect(ctx.transaction(insert('late'))).rejects.toThrow(LeaseLost);
      await expect(ctx.as(system('another scope')).transaction(insert('late'))).rejects.toThrow('job:tried');
      await expect(ctx.batch(makeThings, 'late')).rejects.toThrow(LeaseLost);
    });
    expect(await written()).toEqual(['in time']);
    expect(await lease()).toMatchObject({ holder: 'another replica', token: 2 });
  });

  it('is not written when the lease has ended, whoever comes next', async () => {
    await run(async (ctx) => {
      await expire();
      await expect(ctx.transaction(insert('late'))).rejects.toThrow(LeaseLost);
    });
    expect(await written()).toEqual([]);
  });

  it('is not written by an earlier run of the same replica', async () => {
    await run(async (earlier) => {
      await expire();
      await run((ctx) => ctx.transaction(insert('mine')));
      await expect(earlier.transaction(insert('late'))).rejects.toThrow(LeaseLost);
    });
    expect(await written()).toEqual(['mine']);
  });

  it('meets a takeover that comes between its first read and its commit', async () => {
    let tries = 0;
    const takingOver = () =>
      database().driver.transaction(async (session) => {
        tries += 1;
        await database()
          .in(leases, system('another replica'), session)
          .updateOne({ _id: 'job:tried' }, { $inc: { token: 1 } });
      });
    let taken = Promise.resolve();
    await run((ctx) =>
      ctx.transaction(async (tx) => {
        await insert('first')(tx);
        taken = takingOver();
        await eventually(() => expect(tries).toBeGreaterThan(1));
      }),
    );
    await taken;
    expect(await written()).toEqual(['first']);
  });

  it('is written side by side, by transactions and batches at once', async () => {
    const names = Array.from({ length: 20 }, (_, index) => String(index).padStart(2, '0'));
    await run((ctx) =>
      Promise.all(names.map((name, index) => (index % 2 ? ctx.transaction(insert(name)) : ctx.batch(makeThings, name)))),
    );
    expect(await written()).toEqual(names);
  });

  it('may come late in a long run, because the lease is extended meanwhile', async () => {
    const timers = jest.spyOn(global, 'setInterval');
    let untilBefore = 0;
    await run(async () => {
      const [extend, everyMs] = timers.mock.lastCall ?? [];
      expect(everyMs).toBe(20_000);
      untilBefore = (await lease())?.until.getTime() ?? 0;
      extend?.();
      await eventually(async () => expect((await lease())?.until.getTime()).toBeGreaterThan(untilBefore));
    }, 30_000);
    timers.mockRestore();
    expect(untilBefore).toBeGreaterThan(0);
  });
});
