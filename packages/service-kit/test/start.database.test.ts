import { companyCreated, defineCall, orderProcessing } from '@souk/contracts';
import type { TestService } from '@souk/testing';
import { companyAdmin, customer, envelopeFor, startTestService } from '@souk/testing';
import mongoose from 'mongoose';
import { z } from 'zod';
import {
  anybody,
  created,
  defineConfig,
  defineService,
  defineStore,
  endpoint,
  newId,
  notFound,
  on,
  pageOf,
  pageQuery,
  roles,
  services,
} from '../src/index.ts';

interface Note {
  _id: string;
  companyId: string;
  text: string;
  version: number;
}

const notes = defineStore<Note>({
  name: 'notes',
  schema: new mongoose.Schema<Note>({ _id: String, companyId: String, text: String, version: Number }),
  scope: { company: 'companyId' },
});
const view = z.object({ id: z.string(), text: z.string() });
const toView = (note: Note) => ({ id: note._id, text: note.text });
const example = orderProcessing.example;

const service = defineService({
  name: 'sales',
  purpose: 'Keeps notes, to try the kit.',
  port: 8005,
  config: defineConfig({}),
  stores: [notes],
  publishes: [orderProcessing],
  subscriptions: [
    on(companyCreated, (event, ctx) =>
      ctx.transaction((tx) =>
        tx.in(notes).insertOne({ _id: newId(), companyId: event.data.companyId, text: 'welcome', version: 1 }),
      ),
    ),
  ],
  endpoints: [
    endpoint({
      method: 'POST',
      path: '/notes',
      summary: 'Writes a note.',
      access: roles({ company_admin: 'company' }),
      idempotency: 'required',
      body: z.strictObject({ text: z.string().min(1).max(50) }),
      output: view,
      run: async ({ body }, ctx) => {
        const note = await ctx.transaction(async (tx) => {
          const made = { _id: newId(), companyId: ctx.caller?.companyId ?? '', text: body.text, version: 1 };
          await tx.in(notes).insertOne(made);
          tx.publish(orderProcessing, { subject: made._id, version: 1, companyId: made.companyId, data: example });
          return made;
        });
        return created(toView(note), `/notes/${note._id}`);
      },
    }),
    endpoint({
      method: 'GET',
      path: '/notes',
      summary: 'Lists notes.',
      access: roles({ company_admin: 'company' }),
      query: z.strictObject(pageQuery),
      output: pageOf(view),
      run: async ({ query }, ctx) => {
        const page = await ctx.in(notes).page({}, { _id: 1 }, query);
        return { ...page, data: page.data.map(toView) };
      },
    }),
    endpoint({
      method: 'GET',
      path: '/notes/:id',
      summary: 'One note.',
      access: roles({ company_admin: 'company' }),
      params: z.object({ id: z.uuid() }),
      output: view,
      run: async ({ params }, ctx) => {
        const note = await ctx.in(notes).findOne({ _id: params.id });
        if (!note) throw notFound();
        return toView(note);
      },
    }),
    endpoint({
      method: 'GET',
      path: '/open',
      summary: 'Open to all.',
      access: anybody,
      output: z.object({ ok: z.boolean() }),
      run: async () => ({ ok: true }),
    }),
    endpoint({
      method: 'GET',
      path: '/inside',
      summary: 'For services.',
      access: services('payment'),
      run: async () => undefined,
    }),
  ],
});

describe('a service on the kit', () => {
  const companyId = newId();
  const admin = companyAdmin(companyId);
  let app: TestService;

  beforeAll(async () => {
    app = await startTestService(service);
  });
  afterAll(() => app.stop());

  it('writes document and fact together and publishes the fact with its position', async () => {
    const answer = await app.request('POST', '/notes', { as: admin, key: 'first', body: { text: 'hello' } });
    expect(answer.status).toBe(201);
    expect(answer.headers.location).toBe(`/api/notes/${answer.body.id}`);
    const [event] = await app.published(orderProcessing);
    expect(event).toMatchObject({
      subject: answer.body.id,
      sequence: 1000,
      companyid: companyId,
      actorid: admin.userId,
      position: 1,
    });
  });

  it('answers a repeated key with the stored answer and writes nothing', async () => {
    const first = await app.request('POST', '/notes', { as: admin, key: 'again', body: { text: 'once' } });
    const second = await app.request('POST', '/notes', { as: admin, key: 'again', body: { text: 'once' } });
    expect(second.body).toEqual(first.body);
    expect(second.headers['idempotent-replayed']).toBe('true');
    expect((await app.request('POST', '/notes', { as: admin, key: 'again', body: { text: 'other' } })).body.code).toBe(
      'idempotency_key_reused',
    );
    expect(await app.db(notes).count({ text: 'once' })).toBe(1);
  });

  it('asks for the key where one is needed', async () => {
    expect((await app.request('POST', '/notes', { as: admin, body: { text: 'x' } })).body.code).toBe('idempotency_key_required');
  });

  it.each([
    ['no token', {}, 401, 'unauthenticated'],
    ['a forged token', { headers: { authorization: 'Bearer a.b.c' } }, 401, 'unauthenticated'],
    ['a role without the operation', { as: customer() }, 403, 'forbidden'],
  ])('refuses %s', async (_name, who, status, code) => {
    const answer = await app.request('GET', '/notes', who);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect(answer.headers['content-type']).toContain('application/problem+json');
  });

  it('shows nothing of another company', async () => {
    const mine = await app.request('POST', '/notes', { as: admin, key: newId(), body: { text: 'mine' } });
    const stranger = companyAdmin(newId());
    expect((await app.request('GET', `/notes/${mine.body.id}`, { as: stranger })).status).toBe(404);
    expect((await app.request('GET', '/notes', { as: stranger })).body.data).toEqual([]);
  });

  it.each([
    ['an unknown field', { text: 'x', more: 1 }, 422, 'invalid_request'],
    ['a missing field', {}, 422, 'invalid_request'],
    ['broken JSON', '{"text":', 400, 'malformed_request'],
    ['too large a body', JSON.stringify({ text: 'x'.repeat(1_100_000) }), 413, 'body_too_large'],
  ])('refuses a body with %s', async (_name, body, status, code) => {
    const answer = await app.request('POST', '/notes', { as: admin, key: newId(), body });
    expect([answer.status, answer.body.code]).toEqual([status, code]);
  });

  it('refuses other types, methods, paths and parameters', async () => {
    const typed = await app.request('POST', '/notes', {
      as: admin,
      key: newId(),
      body: 'text=x',
      headers: { 'content-type': 'text/plain' },
    });
    expect(typed.status).toBe(415);
    const method = await app.request('DELETE', '/notes', { as: admin });
    expect([method.status, method.headers.allow]).toEqual([405, 'POST, GET']);
    expect((await app.request('GET', '/nothing')).status).toBe(404);
    expect((await app.request('GET', '/notes?sort=text', { as: admin })).status).toBe(422);
    expect((await app.request('GET', '/notes/not-an-id', { as: admin })).status).toBe(404);
  });

  it('pages by cursor without losing or repeating', async () => {
    const reader = companyAdmin(newId());
    for (let index = 0; index < 5; index += 1)
      await app.request('POST', '/notes', { as: reader, key: newId(), body: { text: `note ${index}` } });
    const texts: string[] = [];
    let cursor = '';
    do {
      const { body } = await app.request('GET', `/notes?limit=2${cursor && `&cursor=${cursor}`}`, { as: reader });
      texts.push(...body.data.map((note: { text: string }) => note.text));
      cursor = body.nextCursor ?? '';
    } while (cursor);
    expect(texts).toEqual(['note 0', 'note 1', 'note 2', 'note 3', 'note 4']);
    expect((await app.request('GET', '/notes?cursor=nonsense', { as: reader })).body.errors[0].path).toBe('query.cursor');
  });

  it('answers its sidecar only, and internal routes to the named services only', async () => {
    const bare = await app.request('GET', '/open', { headers: { 'dapr-api-token': 'wrong' } });
    expect([bare.status, bare.body.code]).toEqual([401, 'untrusted_caller']);
    expect((await app.request('GET', '/health', { headers: { 'dapr-api-token': 'wrong' } })).status).toBe(200);
    expect((await app.request('GET', '/inside')).status).toBe(404);
    expect((await app.request('GET', '/inside', { app: 'debt' })).status).toBe(403);
    expect((await app.request('GET', '/inside', { app: 'payment' })).status).toBe(200);
  });

  it('works a repeated event off once, and sets a broken one aside with the reason', async () => {
    const event = envelopeFor(companyCreated, { ...companyCreated.example, companyId: newId() });
    expect(await app.deliverEnvelope(event)).toBe('SUCCESS');
    expect(await app.deliverEnvelope(event)).toBe('SUCCESS');
    expect(await app.deliverAll([event, event])).toEqual(['SUCCESS', 'SUCCESS']);
    expect(await app.db(notes).count({ companyId: event.data.companyId })).toBe(1);
    expect(await app.deliverEnvelope({ ...event, id: newId(), data: { companyId: 7 } })).toBe('SUCCESS');
    expect(app.deadLetters.at(-1)).toMatchObject({ consumer: 'sales', reason: expect.stringContaining('companyId') });
  });

  it('publishes what the broker refused once it is back', async () => {
    app.sidecar.isBrokerDown = true;
    const answer = await app.request('POST', '/notes', { as: admin, key: newId(), body: { text: 'later' } });
    expect(answer.status).toBe(201);
    expect(app.sidecar.published.some((event) => event.subject === answer.body.id)).toBe(false);
    app.sidecar.isBrokerDown = false;
    const events = await app.published(orderProcessing);
    expect(events.filter((event) => event.subject === answer.body.id)).toHaveLength(1);
  });

  it('brings by the sweep what delivery lost', async () => {
    const lost = envelopeFor(companyCreated, { ...companyCreated.example, companyId: newId() }, { position: 7 });
    const call = (name: string) =>
      defineCall({
        service: 'company',
        method: 'POST',
        path: `/internal/events/${name}`,
        summary: name,
        body: z.unknown(),
        output: z.unknown(),
      });
    app.sidecar.answer(call('digest'), () => ({ count: 1, last: 7 }));
    app.sidecar.answer(call('list'), () => ({ events: [{ id: lost.id, position: 7 }] }));
    app.sidecar.answer(call('fetch'), () => ({ events: [lost] }));
    expect(await app.running.sweep.sweepOnce()).toBe(1);
    expect(await app.running.sweep.sweepOnce()).toBe(0);
    expect(await app.db(notes).count({ companyId: lost.data.companyId })).toBe(1);
  });
});
