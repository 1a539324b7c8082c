import type { TestService } from '@souk/testing';
import { startTestService } from '@souk/testing';
import { endpoint } from '../src/endpoint.ts';
import { answers, keepAnswer, keyedRequest, releaseKey, takeKey } from '../src/idempotency.ts';
import { newId, services } from '../src/index.ts';
import { thing, thingService, things } from './things.ts';

const answer = { status: 201, headers: { location: '/api/x' }, body: { id: 'x' } };
const asked = (over: Partial<Parameters<typeof keyedRequest>[0]> = {}) =>
  keyedRequest({ caller: 'user:u1', method: 'POST', path: '/orders', key: newId(), body: { a: 1 }, ...over });
let isFaulty = false;

const service = thingService({
  endpoints: [
    endpoint({
      method: 'POST',
      path: '/things',
      summary: 'Makes two things in two transactions, unless it is cut off between them.',
      access: services(),
      run: async (_input, ctx) => {
        const first = await ctx.transaction(async (tx) => insert(tx.in(things)));
        if (isFaulty) throw new Error('cut off');
        const second = await ctx.transaction(async (tx) => insert(tx.in(things)));
        return { first, second };
      },
    }),
  ],
});

async function insert(collection: { insertOne(document: ReturnType<typeof thing>): Promise<void> }): Promise<string> {
  const made = thing();
  await collection.insertOne(made);
  return made._id;
}

describe('a key', () => {
  let world: TestService;
  const database = () => world.running.runtime.database;
  const take = (request: ReturnType<typeof asked>, now = new Date()) => takeKey(database(), request, now);

  beforeAll(async () => {
    world = await startTestService(service, { env: { LOG_LEVEL: 'fatal' } });
  });
  afterAll(() => world.stop());

  it('is another one for another caller, method or path', () => {
    const one = asked({ key: 'k' });
    for (const other of [{ caller: 'user:u2' }, { method: 'PUT' }, { path: '/orders/1' }, { key: 'k2' }])
      expect(asked({ key: 'k', ...other }).key).not.toBe(one.key);
    expect(asked({ key: 'k', body: { a: 2 } })).toMatchObject({ key: one.key, hash: expect.not.stringMatching(one.hash) });
    expect(asked({ body: Buffer.from('a') }).hash).not.toBe(asked({ body: Buffer.from('b') }).hash);
  });

  it('is busy while its first request runs', async () => {
    const request = asked();
    expect(await take(request)).toBeUndefined();
    await expect(take(request)).rejects.toMatchObject({ status: 409, code: 'idempotency_key_busy' });
  });

  it('gives the answer it got, and refuses another body', async () => {
    const request = asked();
    await take(request);
    await keepAnswer(database(), request, answer);
    expect(await take(request)).toEqual(answer);
    await expect(take({ ...request, hash: 'other' })).rejects.toMatchObject({ status: 422, code: 'idempotency_key_reused' });
  });

  it('refuses another body while the first one runs, too', async () => {
    const request = asked();
    await take(request);
    await expect(take({ ...request, hash: 'other' })).rejects.toMatchObject({ code: 'idempotency_key_reused' });
  });

  it('is taken over by one when its holder has died', async () => {
    const request = asked();
    const now = Date.now();
    await take(request, new Date(now));
    await expect(take(request, new Date(now + 29_000))).rejects.toMatchObject({ code: 'idempotency_key_busy' });
    const late = await Promise.allSettled([1, 2, 3].map(() => take(request, new Date(now + 31_000))));
    expect(late.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('is free after a fault, and stays when there is an answer', async () => {
    const [faulty, answered] = [asked(), asked()];
    await take(faulty);
    await releaseKey(database(), faulty);
    expect(await take(faulty)).toBeUndefined();
    await take(answered);
    await keepAnswer(database(), answered, answer);
    await releaseKey(database(), answered);
    expect(await take(answered)).toEqual(answer);
  });

  it('finishes what a cut-off request began, each of its effects once', async () => {
    isFaulty = true;
    expect((await world.request('POST', '/things', { app: 'debt', key: 'cut' })).status).toBe(500);
    const [begun] = await world.db(things).find({});
    isFaulty = false;
    const finished = await world.request('POST', '/things', { app: 'debt', key: 'cut' });
    expect(finished.body.first).toBe(begun?._id);
    expect(await world.db(things).count({})).toBe(2);
    const repeated = await world.request('POST', '/things', { app: 'debt', key: 'cut' });
    expect([repeated.body, repeated.headers['idempotent-replayed']]).toEqual([finished.body, 'true']);
    expect(await world.db(things).count({})).toBe(2);
  });

  it('gives the same answer when the first one was lost between its effects and its keeping', async () => {
    const first = await world.request('POST', '/things', { app: 'debt', key: 'lost' });
    await world.db(answers).updateMany({}, { $unset: { answer: '' }, $set: { leaseUntil: new Date(0) } });
    const count = await world.db(things).count({});
    expect((await world.request('POST', '/things', { app: 'debt', key: 'lost' })).body).toEqual(first.body);
    expect(await world.db(things).count({})).toBe(count);
  });
});
