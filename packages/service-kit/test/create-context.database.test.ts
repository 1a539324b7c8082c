import { companyCreated } from '@souk/contracts';
import type { TestService } from '@souk/testing';
import { customer, envelopeFor, eventually, startTestService } from '@souk/testing';
import { createContext, eventContext } from '../src/create-context.ts';
import { seenEvents } from '../src/events/inbox.ts';
import { backgroundContext, defineConfig, ofCompany, system } from '../src/index.ts';
import { origin, thing, thingMade, thingSeen, thingService, things } from './things.ts';

describe('a context', () => {
  let service: TestService;
  const runtime = () => service.running.runtime;

  beforeAll(async () => {
    service = await startTestService(thingService());
    await service.db(things).insertMany([thing({ _id: 'mine', companyId: 'c1' }), thing({ _id: 'other', companyId: 'c2' })]);
  });
  afterAll(() => service.stop());

  it('reads in its scope, in another one only when it is told to', async () => {
    const ctx = createContext(runtime(), { scope: ofCompany('c1'), trace: origin });
    expect((await ctx.in(things).find({})).map(({ _id }) => _id)).toEqual(['mine']);
    expect(await ctx.as(system('a test')).in(things).count({})).toBe(2);
    expect(await ctx.in(things).findOne({ _id: 'other' })).toBeNull();
  });

  it('writes facts in the name of its caller', async () => {
    const who = { ...customer(), iat: 0, exp: 1 };
    const ctx = createContext(runtime(), { scope: system('a test'), trace: origin, caller: who });
    await ctx.transaction(async (tx) => tx.publish(thingMade, { subject: 'named', version: 1, data: { name: 'x' } }));
    const published = await service.published(thingMade);
    expect(published.find(({ subject }) => subject === 'named')).toMatchObject({
      actorid: who.userId,
      actorrole: 'customer',
      sessionid: who.sid,
      requestid: origin.requestId,
      traceparent: origin.traceparent,
    });
  });

  it('of an event goes on in its name, in its company, and commits its memory once', async () => {
    const event = envelopeFor(companyCreated, companyCreated.example, { companyId: 'c1', actorId: 'u9' });
    const ctx = eventContext(runtime(), event, { seen: { _id: event.id, producer: event.source, position: 1 } });
    expect([ctx.scope, ctx.markUsed]).toEqual([ofCompany('c1'), false]);
    await ctx.transaction(async (tx) => tx.publish(thingMade, { subject: 'followed', version: 1, data: { name: 'x' } }));
    expect(ctx.markUsed).toBe(true);
    await ctx.transaction(async (tx) => tx.in(things).count({}));
    expect(await service.db(seenEvents).count({ _id: event.id })).toBe(1);
    expect((await service.published(thingMade)).find(({ subject }) => subject === 'followed')).toMatchObject({ actorid: 'u9' });
  });

  it('of an event without a company is the system’s', () => {
    const { companyid: _, ...event } = envelopeFor(companyCreated, companyCreated.example);
    expect(eventContext(runtime(), event, undefined).scope).toEqual(system('event company.created'));
  });

  it('keeps values by their ETag', async () => {
    const { state } = backgroundContext(runtime(), 'a test');
    await state.set('cart:1', { lines: [] }, undefined);
    const { etag } = await state.get('cart:1');
    await state.set('cart:1', { lines: [1] }, etag);
    await expect(state.set('cart:1', { lines: [2] }, etag)).rejects.toThrow();
    await state.delete('cart:1');
    expect((await state.get('cart:1')).value).toBeUndefined();
  });

  it('publishes a signal without waiting, and loses it when nobody takes it', async () => {
    const ctx = backgroundContext(runtime(), 'a test');
    const publish = jest.spyOn(runtime().sidecar, 'publish');
    service.sidecar.isBrokerDown = true;
    ctx.signal(thingSeen, { subject: 'lost', data: { name: 'x' } });
    await expect(publish.mock.results[0]?.value).rejects.toThrow();
    service.sidecar.isBrokerDown = false;
    ctx.signal(thingSeen, { subject: 'told', companyId: 'c1', data: { name: 'y' } });
    const told = () => service.sidecar.published.filter(({ type }) => type === 'product.viewed');
    await eventually(() =>
      expect(told()).toMatchObject([{ subject: 'told', companyid: 'c1', sequence: 0, data: { name: 'y' } }]),
    );
  });

  it('refuses what the service does not declare', () => {
    const ctx = backgroundContext(runtime(), 'a test');
    expect(() => defineConfig({}).of(ctx)).toThrow('does not declare');
  });

  it('of the background is no request’s: it has a trace of its own', () => {
    const [one, two] = [backgroundContext(runtime(), 'job a'), backgroundContext(runtime(), 'job b')];
    expect(one.scope).toEqual(system('job a'));
    expect(one.requestId).not.toBe(two.requestId);
    expect(one.caller).toBeUndefined();
  });
});
