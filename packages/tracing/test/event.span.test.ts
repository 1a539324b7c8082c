import { currentTrace, traceProcessing, tracePublished, traceRecorded } from '../src/index.ts';
import { openRecording } from './recording.ts';

const [traceId, other] = ['1'.repeat(32), '3'.repeat(32)];
const cause = { requestId: 'r1', traceparent: `00-${traceId}-${'2'.repeat(16)}-01` };
const recording = openRecording();
afterEach(() => recording.clear());
afterAll(() => recording.close());

const event = (more: object = {}) => ({
  _id: 'e1',
  type: 'order.created',
  subject: 'o1',
  traceparent: cause.traceparent,
  ...more,
});
const received = (more: object = {}) => ({ id: 'e1', type: 'order.created', subject: 'o1', requestid: 'r1', ...more });

test('an event is a span of its own from when it is recorded until it is published, and carries that', () => {
  const recorded = traceRecorded(event(), cause);
  expect(recording.spans()).toEqual([]);
  tracePublished([recorded]);
  tracePublished([recorded]);
  const [span, ...more] = recording.spans();
  expect(more).toEqual([]);
  expect(span).toMatchObject({ name: 'order.created publish', kind: 'PRODUCER', traceId, parentId: '2'.repeat(16), links: [] });
  expect(recorded).toEqual(event({ traceparent: `00-${traceId}-${span?.spanId}-01` }));
});

test('one that goes on with an earlier trace is in that one, linked to its cause', () => {
  tracePublished([traceRecorded(event({ traceparent: `00-${other}-${'4'.repeat(16)}-01` }), cause)]);
  expect(recording.spans()).toEqual([
    expect.objectContaining({ traceId: other, parentId: '4'.repeat(16), links: ['2'.repeat(16)] }),
  ]);
});

test('one that goes on with its cause’s trace is under its cause', () => {
  tracePublished([traceRecorded(event({ traceparent: `00-${traceId}-${'4'.repeat(16)}-01` }), cause)]);
  expect(recording.spans()).toEqual([expect.objectContaining({ parentId: '2'.repeat(16), links: [] })]);
});

test('one that nobody asked for begins a trace', () => {
  const recorded = traceRecorded(event({ traceparent: '' }), { requestId: 'r1', traceparent: '' });
  tracePublished([recorded]);
  expect(recording.spans()).toEqual([expect.objectContaining({ parentId: '', links: [] })]);
  expect(recorded.traceparent).toContain(recording.spans()[0]?.traceId);
});

test('what was rolled back leaves no span', () => {
  traceRecorded(event(), cause);
  tracePublished([event()]);
  expect(recording.spans()).toEqual([]);
});

test('working an event off is a span under its producer’s, in which all of the work is', async () => {
  const trace = await traceProcessing(received({ traceparent: cause.traceparent }), async () => currentTrace());
  const [span] = recording.spans();
  expect(span).toMatchObject({ name: 'order.created process', kind: 'CONSUMER', parentId: '2'.repeat(16), isError: false });
  expect(span?.attributes).toEqual({
    'messaging.system': 'rabbitmq',
    'messaging.operation.type': 'process',
    'messaging.message.id': 'e1',
    'messaging.message.conversation_id': 'r1',
    'cloudevents.event_type': 'order.created',
    'cloudevents.event_subject': 'o1',
  });
  expect(trace).toEqual({ requestId: 'r1', traceparent: `00-${traceId}-${span?.spanId}-01` });
});

test('each attempt is a span, and one that failed says so', async () => {
  const attempt = (error?: Error) =>
    traceProcessing(received({ traceparent: cause.traceparent }), async (fail) => error && fail(error));
  await attempt(new TypeError('no'));
  await attempt();
  expect(recording.spans().map(({ isError, attributes }) => [isError, attributes['error.type']])).toEqual([
    [true, 'TypeError'],
    [false, undefined],
  ]);
});

test('two events side by side are each in their own span', async () => {
  const work = async () => {
    await new Promise((resolve) => setImmediate(resolve));
    return currentTrace()?.traceparent.split('-')[1];
  };
  const traces = [cause.traceparent, `00-${other}-${'4'.repeat(16)}-01`];
  expect(await Promise.all(traces.map((traceparent) => traceProcessing(received({ traceparent }), work)))).toEqual([
    traceId,
    other,
  ]);
});
