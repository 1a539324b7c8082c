import { companyCreated, defineCall } from '@souk/contracts';
import type { Collector, ExportedSpan, TestService } from '@souk/testing';
import { envelopeFor, eventually, openCollector, startTestService } from '@souk/testing';
import { currentTrace } from '@souk/tracing';
import { z } from 'zod';
import type { Context } from '../src/context.ts';
import { anybody, endpoint, job, newId, on, onEveryReplica } from '../src/index.ts';
import { thingMade, thingSeen, thingService } from './things.ts';

const askStock = defineCall({
  service: 'inventory',
  method: 'GET',
  path: '/internal/stock/:sku',
  summary: 'Stock.',
  params: z.object({ sku: z.string() }),
  output: z.object({ count: z.number() }),
});

let handle: (ctx: Context) => Promise<unknown>;
const publish = (ctx: Context, subject: string, traceparent?: string) =>
  ctx.transaction(async (tx) => tx.publish(thingMade, { subject, version: 1, data: { name: 'x' }, traceparent }));

const service = thingService({
  endpoints: [
    endpoint({
      method: 'POST',
      path: '/things/:id',
      summary: 'Makes a thing.',
      access: anybody,
      params: z.object({ id: z.string() }),
      run: async ({ params }, ctx) => void (await publish(ctx, params.id)),
    }),
  ],
  subscriptions: [on(companyCreated, (_event, ctx) => handle(ctx)), onEveryReplica(companyCreated, (_event, ctx) => handle(ctx))],
  jobs: [job('make things', 3_600_000, (ctx) => publish(ctx, 'by-job'))],
});

const traceparent = (digit: number) => `00-${String(digit).repeat(32)}-${'a'.repeat(16)}-01`;
const caused = (digit: number, id = newId()) => ({
  ...envelopeFor(companyCreated, { ...companyCreated.example, companyId: newId() }, { id }),
  traceparent: traceparent(digit),
});
const subjectOf = ({ attributes }: ExportedSpan) => attributes['cloudevents.event_subject'];
const messageOf = ({ attributes }: ExportedSpan) => attributes['messaging.message.id'];

describe('a service that is traced', () => {
  let app: TestService;
  let collector: Collector;
  const spansOf = (kind: ExportedSpan['kind'], holds: (span: ExportedSpan) => boolean = () => true) =>
    collector.spans.filter((span) => span.kind === kind && holds(span));
  /** The span of a fact, once it was exported. */
  const published = (subject: string) =>
    eventually(() => {
      const [span] = spansOf('PRODUCER', (each) => subjectOf(each) === subject);
      if (!span) throw new Error(`${subject} has no span yet`);
      return span;
    });
  const processed = (id: string, count = 1) =>
    eventually(() => {
      const spans = spansOf('CONSUMER', (each) => messageOf(each) === id);
      expect(spans).toHaveLength(count);
      return spans;
    });

  beforeAll(async () => {
    collector = await openCollector();
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint, OTEL_BSP_SCHEDULE_DELAY: '20', LOG_LEVEL: 'fatal' };
    app = await startTestService(service, { env });
    app.sidecar.answer(askStock, () => ({ count: 1 }));
  });
  afterAll(async () => {
    await app.stop();
    await collector.close();
  });

  it('hands on, with a fact, the span in which it was recorded, which is under its request’s', async () => {
    await app.request('POST', '/things/asked', { headers: { traceparent: traceparent(1) } });
    const span = await published('asked');
    const [request] = spansOf('SERVER', ({ name }) => name === 'POST /things/:id');
    expect(request).toMatchObject({ traceId: '1'.repeat(32), parentId: 'a'.repeat(16) });
    expect(span).toMatchObject({ traceId: request?.traceId, parentId: request?.spanId });
    const event = (await app.published(thingMade)).find(({ subject }) => subject === 'asked');
    expect(event?.traceparent).toBe(`00-${span.traceId}-${span.spanId}-01`);
  });

  it('works the events of one batch off each in its own trace, and so what they cause', async () => {
    const known = new Map<string, string | undefined>();
    handle = async (ctx) => {
      const id = ctx.event?.id ?? '';
      await ctx.invoke(askStock, { params: { sku: id } });
      await ctx.transaction(async (tx) => {
        known.set(id, currentTrace()?.traceparent);
        tx.publish(thingMade, { subject: id, version: 1, data: { name: 'x' } });
      });
    };
    const events = [2, 3, 4, 5].map((digit) => caused(digit));
    expect(await app.deliverAll(events)).toEqual(['SUCCESS', 'SUCCESS', 'SUCCESS', 'SUCCESS']);
    for (const event of events) {
      const [span] = await processed(event.id);
      expect(span).toMatchObject({ traceId: event.traceparent.split('-')[1], parentId: 'a'.repeat(16) });
      expect(await published(event.id)).toMatchObject({ traceId: span?.traceId, parentId: span?.spanId });
      expect(known.get(event.id)).toBe(`00-${span?.traceId}-${span?.spanId}-01`);
      expect(spansOf('CLIENT', ({ parentId }) => parentId === span?.spanId)).toHaveLength(1);
    }
  });

  it('shows an attempt that failed and the one that did not, and nothing of what was rolled back', async () => {
    const event = caused(6);
    let attempts = 0;
    handle = (ctx) =>
      ctx.transaction(async (tx) => {
        tx.publish(thingMade, { subject: event.id, version: 1, data: { name: 'x' } });
        attempts += 1;
        if (attempts < 2) throw new TypeError('not yet');
      });
    expect([await app.deliverEnvelope(event), await app.deliverEnvelope(event)]).toEqual(['RETRY', 'SUCCESS']);
    const [first, second] = await processed(event.id, 2);
    expect([first?.isError, first?.attributes['error.type'], second?.isError]).toEqual([true, 'TypeError', false]);
    expect(await published(event.id)).toMatchObject({ parentId: second?.spanId });
    expect(spansOf('PRODUCER', (each) => subjectOf(each) === event.id)).toHaveLength(1);
  });

  it('has the same parent for an event that the sweep brings', async () => {
    handle = async () => undefined;
    const event = caused(7);
    await app.running.deliveries.delivery.apply(event);
    expect(await processed(event.id)).toEqual([expect.objectContaining({ traceId: '7'.repeat(32), parentId: 'a'.repeat(16) })]);
  });

  it('goes on with the trace that a fact names, linked to its cause', async () => {
    const event = caused(8);
    handle = (ctx) => publish(ctx, event.id, traceparent(9));
    await app.deliverEnvelope(event);
    const [span] = await processed(event.id);
    const going = { traceId: '9'.repeat(32), parentId: 'a'.repeat(16), links: [span?.spanId] };
    expect(await published(event.id)).toMatchObject(going);
  });

  it('traces a signal as a fact, and each replica that is told', async () => {
    const event = caused(1);
    handle = async (ctx) => ctx.signal(thingSeen, { subject: event.id, data: { name: 'x' } });
    await app.running.deliveries.delivery.tell({ entries: [{ entryId: '0', event }] });
    const [span] = await processed(event.id);
    expect(await published(event.id)).toMatchObject({ name: 'product.viewed publish', parentId: span?.spanId });
  });

  it('begins a trace with what a job records, and none for what polls', async () => {
    await app.runJob('make things');
    expect(await published('by-job')).toMatchObject({ parentId: '', links: [] });
    const before = spansOf('SERVER').length;
    await app.request('POST', '/things/polled');
    expect(await published('polled')).toMatchObject({ parentId: '', links: [] });
    expect(spansOf('SERVER')).toHaveLength(before);
  });
});
