import type { TestService } from '@souk/testing';
import { eventually, startTestService } from '@souk/testing';
import type { Context } from '../src/context.ts';
import { backgroundContext, system } from '../src/index.ts';
import { dropLease, JobRunner, job, leases, takeLease } from '../src/jobs.ts';
import { thingService } from './things.ts';

describe('a lease', () => {
  let service: TestService;
  const database = () => service.running.runtime.database;
  const take = (name: string, who: string, forMs = 60_000) => takeLease(database(), name, { forMs, who });
  const expire = (name: string) =>
    database()
      .in(leases, system('a test'))
      .updateOne({ _id: name }, { $set: { until: new Date(Date.now() - 1) } });

  beforeAll(async () => {
    service = await startTestService(thingService());
  });
  afterAll(() => service.stop());

  it('is held by one, who may extend it under the same token', async () => {
    const token = await take('one', 'a');
    expect(await take('one', 'b')).toBeNull();
    expect(await take('one', 'a')).toBe(token);
  });

  it('is taken by one only of many who come at once', async () => {
    const tokens = await Promise.all(['a', 'b', 'c', 'd'].map((who) => take('many', who)));
    expect(tokens.filter((token) => token !== null)).toHaveLength(1);
  });

  it('is taken over once it has expired, and its token grows', async () => {
    const first = await take('over', 'a');
    await expire('over');
    const second = await take('over', 'b');
    expect(second).toBe(Number(first) + 1);
    expect(await take('over', 'a')).toBeNull();
  });

  it('grows its token for the same holder too when another might have held it', async () => {
    const first = await take('again', 'a');
    await expire('again');
    expect(await take('again', 'a')).toBe(Number(first) + 1);
  });

  it('is free at once when it is given back, by its holder only', async () => {
    await take('back', 'a');
    await dropLease(database(), 'back', 'b');
    expect(await take('back', 'b')).toBeNull();
    await dropLease(database(), 'back', 'a');
    expect(await take('back', 'b')).not.toBeNull();
  });

  describe('of a job', () => {
    const runnerOf = (run: (ctx: Context) => Promise<unknown>, name: string, everyMs = 20) => {
      const jobs = [job(name, everyMs, run)];
      const { log } = service.running.runtime;
      return new JobRunner({
        jobs,
        database: database(),
        log,
        context: (why) => backgroundContext(service.running.runtime, why),
      });
    };

    it('keeps it from running while another replica holds it', async () => {
      let runs = 0;
      const runner = runnerOf(async () => (runs += 1), 'held');
      await take('job:held', 'another replica');
      const each = job('held', 20, async () => (runs += 1));
      expect(await runner.runNow(each)).toBe(false);
      await expire('job:held');
      expect(await runner.runNow(each)).toBe(true);
      expect(runs).toBe(1);
    });

    it('lets it run again and again, after a failure too, and is given back at the end', async () => {
      let runs = 0;
      const work = async () => {
        runs += 1;
        if (runs === 1) throw new Error('the first time');
      };
      const runner = runnerOf(work, 'often');
      runner.start();
      await eventually(() => expect(runs).toBeGreaterThan(2));
      await runner.stop();
      const ended = runs;
      expect(await take('job:often', 'another replica')).not.toBeNull();
      expect(runs).toBe(ended);
    });

    it('runs once at a time in one process, whoever asks', async () => {
      let [running, most] = [0, 0];
      const work = async () => {
        running += 1;
        most = Math.max(most, running);
        await take('a turn of the event loop and more', 'a');
        running -= 1;
      };
      const runner = runnerOf(work, 'alone');
      const each = job('alone', 20, work);
      runner.start();
      expect(await Promise.all([runner.runNow(each), runner.runNow(each), runner.runNow(each)])).toEqual([true, true, true]);
      await runner.stop();
      expect([running, most]).toEqual([0, 1]);
    });

    it('waits at the end for what runs', async () => {
      let release = () => {};
      let isDone = false;
      let hasBegun = false;
      const runner = runnerOf(async () => {
        hasBegun = true;
        await new Promise<void>((resolve) => {
          release = resolve;
        });
        isDone = true;
      }, 'slow');
      runner.start();
      await eventually(() => expect(hasBegun).toBe(true));
      const stopped = runner.stop().then(() => isDone);
      release();
      expect(await stopped).toBe(true);
    });
  });
});
