import { companyCreated, companyDeleted } from '@souk/contracts';
import type { TestService } from '@souk/testing';
import { envelopeFor, startTestService } from '@souk/testing';
import { currentTrace } from '@souk/tracing';
import type { Context } from '../src/context.ts';
import { conflict, defineError } from '../src/errors.ts';
import { seenEvents } from '../src/events/inbox.ts';
import { newId, ofCompany } from '../src/index.ts';
import { on, onEveryReplica } from '../src/subscription.ts';
import { thing, thingService, things } from './things.ts';

const refused = defineError('things.refused', 409, 'Not like this');
let handle: (ctx: Context) => Promise<unknown>;
const heard: string[] = [];

const service = thingService({
  subscriptions: [
    on(companyCreated, (_event, ctx) => handle(ctx)),
    on(companyDeleted, async (event) => heard.push(event.id), { maxAgeMs: 60_000 }),
    onEveryReplica(companyCreated, async (event) => {
      heard.push(event.id);
      throw new Error('nobody minds');
    }),
  ],
});
const write = (ctx: Context) =>
  ctx.transaction((tx) => tx.in(things).insertOne(thing({ companyId: ctx.event?.companyid ?? '' })));
const event = (more: object = {}) => ({
  ...envelopeFor(companyCreated, { ...companyCreated.example, companyId: newId() }),
  ...more,
});
const ended = () => envelopeFor(companyDeleted, companyDeleted.example);

describe('a delivery', () => {
  let app: TestService;
  const deliverRaw = (...events: unknown[]) =>
    app.running.deliveries.delivery.deliver({ entries: events.map((each, index) => ({ entryId: String(index), event: each })) });
  const seen = (id: string) => app.db(seenEvents).findOne({ _id: id });
  const count = () => app.db(things).count({});

  beforeAll(async () => {
    app = await startTestService(service, { env: { LOG_LEVEL: 'fatal' } });
  });
  afterAll(() => app.stop());
  beforeEach(() => {
    handle = write;
    heard.length = 0;
    app.deadLetters.length = 0;
  });

  it('has one effect however often and however crowded it comes', async () => {
    const [one, two] = [event(), event()];
    const before = await count();
    await Promise.all([app.deliverAll([one, two, one]), app.deliverAll([two, one]), app.deliverEnvelope(one)]);
    expect(await count()).toBe(before + 2);
    expect(await seen(one.id)).toMatchObject({ producer: '/services/company', position: one.position });
  });

  it('is in the scope and the trace of its event', async () => {
    let told: unknown;
    handle = async (ctx) => {
      told = [ctx.scope, ctx.requestId, currentTrace()?.requestId, currentTrace()?.traceparent];
    };
    const traceparent = `00-${'7'.repeat(32)}-${'8'.repeat(16)}-01`;
    const one = event({ traceparent });
    await app.deliverEnvelope(one);
    expect(told).toEqual([ofCompany(String(one.companyid)), one.requestid, one.requestid, traceparent]);
  });

  it('is remembered although its handler wrote nothing', async () => {
    handle = async () => undefined;
    const one = event();
    await app.deliverEnvelope(one);
    expect(await seen(one.id)).toBeTruthy();
    handle = () => Promise.reject(new Error('again'));
    expect(await app.deliverEnvelope(one)).toBe('SUCCESS');
  });

  it('works facts of one subject off in their sequence', async () => {
    const order: number[] = [];
    handle = async (ctx) => order.push(ctx.event?.sequence ?? 0);
    const subject = newId();
    expect(await app.deliverAll([3000, 1000, 2000].map((sequence) => event({ subject, sequence })))).toEqual([
      'SUCCESS',
      'SUCCESS',
      'SUCCESS',
    ]);
    expect(order).toEqual([1000, 2000, 3000]);
  });

  it('comes again after a fault or a conflict, with nothing written', async () => {
    const before = await count();
    for (const fault of [new Error('fault'), conflict()]) {
      handle = (ctx) =>
        ctx.transaction(async (tx) => {
          await tx.in(things).insertOne(thing({ companyId: ctx.event?.companyid ?? '' }));
          throw fault;
        });
      const one = event();
      expect(await app.deliverEnvelope(one)).toBe('RETRY');
      expect(await seen(one.id)).toBeNull();
    }
    expect(await count()).toBe(before);
  });

  it('is set aside with the reason when the domain refuses it, or when it has failed ten times', async () => {
    handle = () => Promise.reject(refused('too late'));
    const one = event();
    expect(await app.deliverEnvelope(one)).toBe('SUCCESS');
    expect(app.deadLetters).toMatchObject([{ consumer: 'sales', reason: 'things.refused: too late', event: { id: one.id } }]);
    expect(await seen(one.id)).toMatchObject({ setAside: true });
    handle = () => Promise.reject(new Error('always'));
    const two = event();
    const answers: string[] = [];
    for (let time = 0; time < 10; time += 1) answers.push(await app.deliverEnvelope(two));
    expect(answers).toEqual([...Array(9).fill('RETRY'), 'SUCCESS']);
    expect(app.deadLetters.at(-1)).toMatchObject({ reason: expect.stringContaining('failed 10 times') });
  });

  it('is kept for later when it cannot be set aside', async () => {
    handle = () => Promise.reject(refused());
    app.sidecar.isBrokerDown = true;
    const one = event();
    expect(await app.deliverEnvelope(one)).toBe('RETRY');
    expect(await seen(one.id)).toBeNull();
    app.sidecar.isBrokerDown = false;
    expect(await app.deliverEnvelope(one)).toBe('SUCCESS');
  });

  it.each([
    ['no JSON', '<<<'],
    ['no envelope', { hello: 'world' }],
    ['a source that is none of ours', event({ source: 'https://elsewhere.example' })],
    ['nothing', null],
  ])('of %s is set aside and does not hold up its batch', async (_name, raw) => {
    const good = event();
    const { statuses } = await deliverRaw(raw, good);
    expect(statuses.map(({ status }) => status)).toEqual(['SUCCESS', 'SUCCESS']);
    expect(app.deadLetters).toHaveLength(1);
    expect(await seen(good.id)).toBeTruthy();
  });

  it('takes an envelope that the sidecar left as text', async () => {
    const one = event();
    await deliverRaw(JSON.stringify(one));
    expect(await seen(one.id)).toBeTruthy();
  });

  it('of a type that nobody listens to is done, and not remembered', async () => {
    const one = event({ type: 'order.unknown' });
    expect(await app.deliverEnvelope(one)).toBe('SUCCESS');
    expect(await seen(one.id)).toBeNull();
  });

  it('that is too old or replayed does not reach people, and counts as seen', async () => {
    const now = ended();
    const late = { ...ended(), time: new Date(Date.now() - 61_000).toISOString() };
    const replayed = { ...ended(), replay: true };
    await app.deliverAll([now, late, replayed]);
    expect(heard).toEqual([now.id]);
    expect(await seen(late.id)).toBeTruthy();
    expect(await seen(replayed.id)).toBeTruthy();
  });

  it('told to every replica is answered, whatever comes of it', async () => {
    const one = event();
    const { statuses } = await app.running.deliveries.delivery.tell({
      entries: [one, '<<<', event({ type: 'x.y' })].map((each, index) => ({ entryId: String(index), event: each })),
    });
    expect(statuses.map(({ status }) => status)).toEqual(['SUCCESS', 'SUCCESS', 'SUCCESS']);
    expect(heard).toEqual([one.id]);
    expect(await seen(one.id)).toBeNull();
  });

  it('that a sweep brings is applied once, and fails loudly when it cannot be', async () => {
    const one = event();
    const { delivery } = app.running.deliveries;
    expect(await delivery.apply(one)).toBe(true);
    expect(await delivery.apply(one)).toBe(false);
    handle = () => Promise.reject(new Error('fault'));
    await expect(delivery.apply(event())).rejects.toThrow('could not be applied');
  });
});
