import { withTrace } from '@souk/tracing';
import { createLog } from '../src/log.ts';

function linesOf(write: (log: ReturnType<typeof createLog>) => void, level = 'info'): Record<string, unknown>[] {
  const lines: string[] = [];
  write(createLog('sales', level, { write: (line) => void lines.push(line) }));
  return lines.map((line) => JSON.parse(line));
}

it.each(['password', 'token', 'accessToken', 'refreshToken', 'authorization', 'cookie', 'secret', 'clientSecret'])(
  'never tells %s, at any depth that a line has',
  (field) => {
    const lines = linesOf((log) => log.info({ [field]: 'hush', user: { [field]: 'hush', inner: { [field]: 'hush' } } }, 'x'));
    expect(JSON.stringify(lines)).not.toContain('hush');
    expect(lines[0]).toMatchObject({ [field]: '[redacted]', user: { [field]: '[redacted]', inner: { [field]: '[redacted]' } } });
  },
);

it('tells the other fields, the service, the time and the level by name', () => {
  const [line] = linesOf((log) => log.warn({ orderId: 'o1' }, 'late'));
  expect(line).toMatchObject({ level: 'warn', service: 'sales', orderId: 'o1', msg: 'late', time: expect.stringMatching(/Z$/) });
});

it('leaves out what is below its level', () => {
  expect(linesOf((log) => log.info('quiet'), 'error')).toEqual([]);
});

it('carries the ids of what it is about, and of nothing outside', () => {
  const trace = { requestId: 'r1', traceparent: 't1' };
  const [inside, outside] = linesOf((log) => {
    withTrace(trace, () => log.info('inside'));
    log.info('outside');
  });
  expect(inside).toMatchObject(trace);
  expect(outside).not.toHaveProperty('requestId');
});
