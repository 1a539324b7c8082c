import { Readable } from 'node:stream';
import type { TestService } from '@souk/testing';
import { customer, startTestService } from '@souk/testing';
import { z } from 'zod';
import { Answer, anybody, endpoint, everyone, matchVersion, newId, noContent, services, versioned } from '../src/index.ts';
import { thing, thingService, things } from './things.ts';

const get = (path: string, run: Parameters<typeof endpoint>[0]['run'], more: object = {}) =>
  endpoint({ method: 'GET', path, summary: 'x', access: anybody, run, ...more });

const service = thingService({
  endpoints: [
    get('/who', async (_input, ctx) => ({ userId: ctx.caller?.userId ?? null, app: ctx.app ?? null, ip: ctx.clientIp ?? null })),
    get('/stream', async () => new Answer(200, Readable.from(['a,b\n', '1,2\n']), { 'content-type': 'text/csv' })),
    get('/nothing', async () => noContent()),
    get('/wrong', async () => ({ count: 'three' }), { output: z.object({ count: z.number() }) }),
    get('/broken', async () => {
      throw new Error('a secret of ours');
    }),
    get('/inside', async (_input, ctx) => ({ caller: ctx.caller ?? null }), { access: services() }),
    endpoint({
      method: 'PUT',
      path: '/versions',
      summary: 'x',
      access: everyone,
      run: async (_input, ctx) => {
        matchVersion(ctx, 3);
        return versioned({ ok: true }, 4);
      },
    }),
    endpoint({
      method: 'POST',
      path: '/things',
      summary: 'Makes a thing of a unique name.',
      access: everyone,
      body: z.strictObject({ name: z.string() }),
      run: async ({ body }, ctx) => {
        await ctx.as({ kind: 'system', reason: 'x' }).transaction((tx) => tx.in(things).insertOne(thing({ name: body.name })));
        return new Answer(201, { name: body.name });
      },
    }),
    endpoint({
      method: 'POST',
      path: '/secrets',
      summary: 'Gives a secret, kept nowhere.',
      access: anybody,
      idempotency: 'none',
      run: async () => new Answer(200, { secret: newId() }),
    }),
  ],
});

describe('an answer', () => {
  let app: TestService;
  beforeAll(async () => {
    app = await startTestService(service, { env: { LOG_LEVEL: 'fatal' } });
  });
  afterAll(() => app.stop());

  it('tells a fault and nothing of what it was', async () => {
    const answer = await app.request('GET', '/broken', { headers: { 'x-request-id': 'r-1' } });
    expect(answer).toMatchObject({ status: 500, body: { code: 'internal_error', requestId: 'r-1', instance: '/broken' } });
    expect(JSON.stringify(answer.body)).not.toContain('secret');
    expect(answer.headers['x-request-id']).toBe('r-1');
  });

  it('is held to what it declares, in tests', async () => {
    expect((await app.request('GET', '/wrong')).body).toMatchObject({ status: 500, detail: expect.stringContaining('/wrong') });
  });

  it('may be a stream, and nothing at all', async () => {
    const stream = await app.request('GET', '/stream');
    expect([stream.body, stream.headers['content-type']]).toEqual(['a,b\n1,2\n', 'text/csv; charset=utf-8']);
    expect(await app.request('GET', '/nothing')).toMatchObject({ status: 204, body: '' });
  });

  it('of a public route knows a caller with a good token, and does not mind a bad one', async () => {
    const who = customer();
    expect((await app.request('GET', '/who', { as: who })).body.userId).toBe(who.userId);
    expect((await app.request('GET', '/who', { headers: { authorization: 'Bearer a.b.c' } })).body).toMatchObject({
      userId: null,
    });
    expect((await app.request('PUT', '/versions', { headers: { authorization: 'Bearer a.b.c' } })).status).toBe(401);
  });

  it('to another service is not one to a caller whose token it carries', async () => {
    expect((await app.request('GET', '/inside', { as: customer(), app: 'debt' })).body).toEqual({ caller: null });
  });

  it('says the version that stands, and refuses an older one', async () => {
    const put = (tag: string) => app.request('PUT', '/versions', { as: customer(), headers: { 'if-match': tag } });
    expect(await put('"v3"')).toMatchObject({ status: 200, headers: { etag: '"v4"' } });
    expect([(await put('"v2"')).status, (await put('nonsense')).status]).toEqual([412, 412]);
  });

  it('to two who want the same name is a conflict of theirs', async () => {
    const post = () => app.request('POST', '/things', { as: customer(), body: { name: 'wanted' } });
    const statuses = (await Promise.all([post(), post()])).map(({ status }) => status);
    expect(statuses.sort()).toEqual([201, 409]);
  });

  it('under a key is one’s own: another caller with the same key gets its own', async () => {
    const post = (as = customer(), name = newId()) => app.request('POST', '/things', { as, key: 'same', body: { name } });
    const [one, two] = [await post(), await post()];
    expect([one.status, two.status]).toEqual([201, 201]);
    expect(two.body.name).not.toBe(one.body.name);
  });

  it('of a refusal is not kept: the same key may try again', async () => {
    const as = customer();
    const post = (name: string) => app.request('POST', '/things', { as, key: 'retry', body: { name } });
    await app.request('POST', '/things', { as, body: { name: 'taken' } });
    expect((await post('taken')).status).toBe(409);
    expect((await post('free')).status).toBe(201);
    expect((await app.request('POST', '/things', { as, key: 'two words', body: { name: 'x' } })).status).toBe(400);
  });

  it('with a secret is not kept for repeats', async () => {
    const ask = () => app.request('POST', '/secrets', { key: 'k' });
    expect((await ask()).body.secret).not.toBe((await ask()).body.secret);
  });

  it('to a write is refused while nobody knows which sessions ended; reading goes on', async () => {
    const { revocations } = app.running.runtime;
    const fresh = jest.spyOn(revocations, 'isFresh', 'get').mockReturnValue(false);
    expect((await app.request('POST', '/things', { as: customer(), body: { name: 'x' } })).status).toBe(503);
    expect((await app.request('GET', '/who', { as: customer() })).status).toBe(200);
    fresh.mockRestore();
  });
});
