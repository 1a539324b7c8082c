import type { Collector } from '@souk/testing';
import { eventually, openCollector } from '@souk/testing';
import { startTracing, tracePublished, traceRecorded } from '../src/index.ts';
import { isTracing } from '../src/span.ts';

let collector: Collector;
beforeAll(async () => {
  collector = await openCollector();
});
afterAll(() => collector.close());

const warned: string[] = [];
const start = (env: Record<string, string>) =>
  startTracing({ service: 'sales', instance: 'sales-1', isDoor: false, env, warn: (reason) => warned.push(reason) });
const record = (_id: string) =>
  tracePublished([traceRecorded({ _id, type: 'x.y', subject: 's' }, { requestId: 'r', traceparent: '' })]);
const idsAt = (from: Collector) => from.spans.map(({ attributes }) => attributes['messaging.message.id']);

test('nothing is recorded where no collector is named', async () => {
  const stop = await start({});
  expect(isTracing()).toBe(false);
  await stop();
});

test('spans are exported in the background, by OTLP, as this service’s', async () => {
  const stop = await start({ OTEL_EXPORTER_OTLP_ENDPOINT: `${collector.endpoint}/`, OTEL_BSP_SCHEDULE_DELAY: '20' });
  record('background');
  await eventually(() => expect(collector.spans).toEqual([expect.objectContaining({ service: 'sales', name: 'x.y publish' })]));
  await stop();
  expect(isTracing()).toBe(false);
});

test('what has ended by the end is exported before it', async () => {
  const stop = await start({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint, OTEL_BSP_SCHEDULE_DELAY: '3600000' });
  for (let index = 0; index < 600; index += 1) record(`last-${index}`);
  await stop();
  expect(idsAt(collector)).toEqual(expect.arrayContaining(['last-0', 'last-599']));
});

test('a collector that is away hurts nobody, and is told of once', async () => {
  const gone = await openCollector();
  await gone.close();
  // How long the exporter tries, which is ten seconds by itself.
  process.env.OTEL_EXPORTER_OTLP_TIMEOUT = '300';
  const stop = await start({ OTEL_EXPORTER_OTLP_ENDPOINT: gone.endpoint, OTEL_BSP_SCHEDULE_DELAY: '10' });
  warned.length = 0;
  // More than the queue takes: the rest is let go.
  for (let index = 0; index < 5_000; index += 1) record(`lost-${index}`);
  await eventually(() => expect(warned).toEqual([expect.stringMatching(/^connect ECONNREFUSED/)]), { withinMs: 30_000 });
  const from = performance.now();
  await stop();
  expect(performance.now() - from).toBeLessThan(5_000);
  expect(warned).toHaveLength(1);
  delete process.env.OTEL_EXPORTER_OTLP_TIMEOUT;
});
