import type { TestService } from '@souk/testing';
import { eventually, startTestService } from '@souk/testing';
import type { Database } from '../src/index.ts';
import { backgroundContext, system } from '../src/index.ts';
import { dropLease, takeLease } from '../src/jobs.ts';
import type { Migration } from '../src/migrations.ts';
import { migrate, migrationsDone } from '../src/migrations.ts';
import { thing, thingService, things } from './things.ts';
import { empty } from './world.ts';

describe('migrations', () => {
  let service: TestService;
  let ran: string[] = [];
  const step = (version: number, run: Migration['run'] = async () => {}): Migration => ({
    version,
    name: `step ${version}`,
    run: async (database, ctx) => {
      ran.push(`step ${version}`);
      await run(database, ctx);
    },
  });
  const migrateAll = (...steps: Migration[]) =>
    migrate(service.running.runtime.database, steps, backgroundContext(service.running.runtime, 'migrations'));

  beforeAll(async () => {
    service = await startTestService(thingService());
  });
  afterAll(() => service.stop());
  beforeEach(async () => {
    ran = [];
    await empty(service.running.runtime.database, migrationsDone, things);
  });

  it('run in the sequence of their versions, each once', async () => {
    await migrateAll(step(2), step(1));
    await migrateAll(step(1), step(2), step(3));
    expect(ran).toEqual(['step 1', 'step 2', 'step 3']);
  });

  it('change documents and are remembered by name', async () => {
    await service.db(things).insertOne(thing({ _id: 'a', count: 1 }));
    await migrateAll(
      step(1, async (database) => {
        await database.in(things, system('a migration')).updateMany({}, { $inc: { count: 10 } });
      }),
    );
    expect((await service.db(things).findOne({ _id: 'a' }))?.count).toBe(11);
    expect(await service.db(migrationsDone).find({})).toMatchObject([{ _id: '1', name: 'step 1' }]);
  });

  it('stop at one that fails, and begin there again', async () => {
    let isBroken = true;
    const second = step(2, async () => {
      if (isBroken) throw new Error('broken');
    });
    await expect(migrateAll(step(1), second, step(3))).rejects.toThrow('broken');
    isBroken = false;
    await migrateAll(step(1), second, step(3));
    expect(ran).toEqual(['step 1', 'step 2', 'step 2', 'step 3']);
  });

  it('are run by one replica; the others wait for it', async () => {
    const { database } = service.running.runtime;
    await takeLease(database, 'migrations', { forMs: 60_000, who: 'another replica' });
    const waiting = migrateAll(step(1));
    await eventually(async () => expect(await takeLease(database, 'migrations', { forMs: 1, who: 'a third' })).toBeNull());
    expect(ran).toEqual([]);
    await dropLease(database, 'migrations', 'another replica');
    await waiting;
    expect(ran).toEqual(['step 1']);
  });

  it('keep everybody else out while they run, their own process too', async () => {
    let taken: number | null | undefined;
    const look = async (database: Database) => {
      taken = await takeLease(database, 'migrations', { forMs: 60_000 });
    };
    await migrateAll(step(1, look));
    expect(taken).toBeNull();
    expect(await takeLease(service.running.runtime.database, 'migrations', { forMs: 1 })).not.toBeNull();
  });
});
