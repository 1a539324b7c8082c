import { currentTrace, requestIdFrom, traceFields, traceparentFrom, withoutTrace, withTrace } from '../src/trace.ts';

const good = `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01`;

test('keeps a well-formed traceparent', () => {
  expect(traceparentFrom(good)).toBe(good);
});

test.each([
  undefined,
  '',
  'nonsense',
  good.toUpperCase().replaceAll('1', 'A'),
  `${good}-more`,
  `00-${'0'.repeat(32)}-${'2'.repeat(16)}-01`,
])('begins one for %s', (header) => {
  const made = traceparentFrom(header);
  expect(made).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
  expect(made).not.toBe(header);
});

test('keeps a short and plain request id, and makes one otherwise', () => {
  expect(requestIdFrom('abc-1.2_3')).toBe('abc-1.2_3');
  for (const bad of [undefined, '', 'with space', 'x'.repeat(129), '"quoted"'])
    expect(requestIdFrom(bad)).toMatch(/^[0-9a-f]{32}$/);
});

test('never gives an id twice, however many it takes', () => {
  const made = Array.from({ length: 2_000 }, () => requestIdFrom(undefined));
  expect(new Set(made).size).toBe(made.length);
});

test('two works side by side each know their own trace', async () => {
  const told = await Promise.all(
    ['a', 'b'].map((requestId) =>
      withTrace({ requestId, traceparent: good }, async () => {
        await new Promise((resolve) => setImmediate(resolve));
        return currentTrace()?.requestId;
      }),
    ),
  );
  expect(told).toEqual(['a', 'b']);
  expect(currentTrace()).toBeUndefined();
});

test('a log line names trace and span, in an object of its own', () => {
  const trace = { requestId: 'r1', traceparent: good };
  const told = withTrace(trace, () => [traceFields(), traceFields()]);
  expect(told[0]).toEqual({ ...trace, trace_id: '1'.repeat(32), span_id: '2'.repeat(16) });
  expect(told[0]).not.toBe(told[1]);
  expect(withTrace({ requestId: 'r1', traceparent: '' }, traceFields)).toEqual({ requestId: 'r1', traceparent: '' });
  expect([traceFields(), withTrace(trace, () => withoutTrace(traceFields))]).toEqual([{}, {}]);
});
