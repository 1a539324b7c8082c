import type { TestService } from '@souk/testing';
import { startTestService } from '@souk/testing';
import type { Batch, BatchEntry, Outcome } from '../src/batch.ts';
import { BatchConflict, BatchRunner, defineBatch } from '../src/batch.ts';
import { AlreadySeen, defineError } from '../src/errors.ts';
import { memos, seenEvents } from '../src/events/inbox.ts';
import { eventLog } from '../src/events/log.ts';
import type { Mark, Tx } from '../src/unit.ts';
import { origin, thing, thingMade, thingService, things } from './things.ts';
import { empty, unitRuntime } from './world.ts';

const soldOut = defineError('things.sold_out', 409, 'There is none left');

interface Take {
  count: number;
  poison?: boolean;
}
let transactions = 0;
/** What happens between reading and writing, once. */
let between: (() => Promise<void>) | undefined;

/** Takes from the one thing `stock`, first come first served. */
async function take(entries: readonly BatchEntry<Take>[], tx: Tx): Promise<Outcome<{ left: number }>[]> {
  transactions += 1;
  const stock = await tx.in(things).findOne({ _id: 'stock' });
  let left = stock?.count ?? 0;
  const outcomes = entries.map(({ request, publish }) => {
    if (request.poison) throw new Error('poison');
    if (request.count > left) return { refused: soldOut() };
    left -= request.count;
    publish(thingMade, { subject: 'stock', version: left + 1, data: { name: String(left) } });
    return { value: { left } };
  });
  await between?.();
  const { modified } = await tx
    .in(things)
    .bulkWrite([{ updateOne: { filter: { _id: 'stock', count: stock?.count }, update: { $set: { count: left } } } }]);
  if (modified === 0 && left !== stock?.count) throw new BatchConflict();
  return outcomes;
}

describe('a batch', () => {
  let service: TestService;
  let runtime: ReturnType<typeof unitRuntime>;
  let runner: BatchRunner;
  const submit = (request: Take, mark?: Mark, by = runner) => by.submit(request, { origin, mark }) as Promise<{ left: number }>;
  const left = async () => (await service.db(things).findOne({ _id: 'stock' }))?.count;
  const put = (count: number) => service.db(things).insertOne(thing({ _id: 'stock', count }));
  const seen = (_id: string): Mark => ({ seen: { _id, producer: 'p', position: 1 } });

  beforeAll(async () => {
    service = await startTestService(thingService());
    runtime = unitRuntime(service.running.runtime.database);
    runner = runnerOf(defineBatch('take', take));
  });
  afterAll(() => service.stop());
  beforeEach(async () => {
    await empty(runtime.database, things, eventLog, memos, seenEvents);
    runtime.committedEvents.length = 0;
    transactions = 0;
    between = undefined;
  });
  const runnerOf = <Request, Result>(batch: Batch<Request, Result>) => new BatchRunner(batch as Batch<unknown, unknown>, runtime);

  it('decides two hundred that come at once in few transactions, each with its own answer', async () => {
    await put(200);
    const answers = await Promise.all(Array.from({ length: 200 }, () => submit({ count: 1 })));
    expect(answers.map((answer) => answer.left).sort((a, b) => b - a)).toEqual(
      Array.from({ length: 200 }, (_, index) => 199 - index),
    );
    expect(transactions).toBeLessThanOrEqual(3);
    expect(await left()).toBe(0);
    expect(await service.db(eventLog).count({})).toBe(200);
    expect(runtime.committedEvents).toHaveLength(200);
  });

  it('refuses one without a trace of it, and serves the others', async () => {
    await put(3);
    const outcomes = await Promise.allSettled([
      submit({ count: 2 }),
      submit({ count: 2 }, seen('refused')),
      submit({ count: 1 }),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(outcomes[1]).toMatchObject({ reason: { code: 'things.sold_out' } });
    expect(await left()).toBe(0);
    expect(await service.db(eventLog).count({})).toBe(2);
    expect(await service.db(seenEvents).count({})).toBe(0);
  });

  it('decides again what met another writer', async () => {
    await put(10);
    const other = runnerOf(defineBatch('take', take));
    await Promise.all([
      ...Array.from({ length: 5 }, () => submit({ count: 1 })),
      ...Array.from({ length: 5 }, () => submit({ count: 1 }, undefined, other)),
    ]);
    expect(await left()).toBe(0);
    await service.db(things).updateOne({ _id: 'stock' }, { $set: { count: 5 } });
    transactions = 0;
    let conflicts = 2;
    between = async () => {
      conflicts -= 1;
      if (conflicts >= 0) throw new BatchConflict();
    };
    expect(await submit({ count: 1 })).toEqual({ left: 4 });
    expect(transactions).toBe(3);
  });

  it('works the same event off once in one batch, and in a later one', async () => {
    await put(10);
    const outcomes = await Promise.allSettled([
      submit({ count: 1 }, seen('e1')),
      submit({ count: 1 }, seen('e1')),
      submit({ count: 1 }),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    await expect(submit({ count: 1 }, seen('e1'))).rejects.toBeInstanceOf(AlreadySeen);
    expect(await left()).toBe(8);
  });

  it('gives a repeat under a key what it got, refused or not by what it did', async () => {
    await put(2);
    const mark = { memoKey: 'k1' };
    expect(await submit({ count: 1 }, mark)).toEqual({ left: 1 });
    expect(await submit({ count: 1 }, mark)).toEqual({ left: 1 });
    expect(await left()).toBe(1);
    await submit({ count: 1 });
    expect(await submit({ count: 1 }, mark)).toEqual({ left: 1 });
    await expect(submit({ count: 1 }, { memoKey: 'k2' })).rejects.toMatchObject({ code: 'things.sold_out' });
  });

  it('falls back to one by one around a poisonous request', async () => {
    await put(10);
    const outcomes = await Promise.allSettled([submit({ count: 1 }), submit({ count: 1, poison: true }), submit({ count: 1 })]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(outcomes[1]).toMatchObject({ reason: { message: 'poison' } });
    expect(await left()).toBe(8);
    expect(await service.db(eventLog).count({})).toBe(2);
  });

  it('refuses a decision that forgets somebody', async () => {
    const forgetful = runnerOf(defineBatch('forgetful', async () => []));
    await expect(submit({ count: 1 }, undefined, forgetful)).rejects.toThrow('no outcome');
  });

  it('takes the next request whenever it comes, also right after the last one ended', async () => {
    await put(100);
    // Each waits a little longer for its turn than the one before: one of them comes just as the runner looks for the last time.
    for (let hops = 0; hops < 12; hops += 1) {
      await submit({ count: 1 });
      for (let hop = 0; hop < hops; hop += 1) await undefined;
      await submit({ count: 1 });
    }
    expect(await left()).toBe(76);
  }, 5_000);
});
