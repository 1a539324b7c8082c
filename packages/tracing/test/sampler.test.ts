import type { Sampler } from '@opentelemetry/sdk-trace';
import { traceProcessing, tracePublished, traceRecorded } from '../src/index.ts';
import { samplerFrom } from '../src/sampler.ts';
import { openRecording } from './recording.ts';

const withFlags = (flags: '00' | '01') => `00-${'1'.repeat(32)}-${'2'.repeat(16)}-${flags}`;

/** Whether a span is recorded under a caller's that was recorded, under one that was not, and when it begins a trace. */
function recordedBy(sampler: Sampler): boolean[] {
  return [withFlags('01'), withFlags('00'), ''].map((traceparent) => {
    const recording = openRecording(sampler);
    tracePublished([traceRecorded({ _id: 'e1', type: 'x.y', subject: 's', traceparent }, { requestId: 'r', traceparent })]);
    const isRecorded = recording.spans().length > 0;
    recording.close();
    return isRecorded;
  });
}

test.each([
  [{}, false, [true, false, true]],
  [{ OTEL_TRACES_SAMPLER: 'parentbased_always_off' }, false, [true, false, false]],
  [{ OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '0' }, false, [true, false, false]],
  [{ OTEL_TRACES_SAMPLER: 'always_on' }, false, [true, true, true]],
  [{ OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '0' }, false, [false, false, false]],
  [{ OTEL_TRACES_SAMPLER: '', OTEL_TRACES_SAMPLER_ARG: '' }, true, [true, true, true]],
  [{ OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '0' }, true, [false, false, false]],
])('%j at the door (%s) records %j', (env, isDoor, recorded) => {
  expect(recordedBy(samplerFrom(env, isDoor))).toEqual(recorded);
});

test.each([{ OTEL_TRACES_SAMPLER: 'sometimes' }, { OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: 'half' }])(
  'refuses %j',
  (env) => {
    expect(() => samplerFrom(env, false)).toThrow('OTEL_TRACES_SAMPLER');
  },
);

test('what is not recorded is said so to whoever comes after', async () => {
  const recording = openRecording(samplerFrom({ OTEL_TRACES_SAMPLER: 'always_off' }, false));
  const event = { id: 'e1', type: 'x.y', subject: 's', traceparent: withFlags('01') };
  const traceparent = await traceProcessing(
    event,
    async () => traceRecorded({ ...event, _id: 'e1' }, { requestId: 'r', traceparent: withFlags('01') }).traceparent,
  );
  expect(traceparent).toMatch(new RegExp(`^00-${'1'.repeat(32)}-[0-9a-f]{16}-00$`));
  recording.close();
});
