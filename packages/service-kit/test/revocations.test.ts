import type { Invoke } from '../src/context.ts';
import { createLog } from '../src/log.ts';
import { jwksFrom, RevocationWatch } from '../src/revocations.ts';
import type { Revocation } from '../src/tokens.ts';
import { TokenVerifier } from '../src/tokens.ts';

const log = createLog('sales', 'fatal');

/** A watch of an auth that answers as the test says. */
function watchOf(
  answer: (after: unknown) => {
    revocations: Revocation[];
    cursor: string;
    suspended?: { companyId: string; reason: string }[];
    keySet?: string;
  },
) {
  const revoked: Revocation[] = [];
  const told = { keys: 0, after: [] as unknown[] };
  const verifier = new TokenVerifier(
    async () => {
      told.keys += 1;
      return [];
    },
    () => new Date(),
  );
  jest.spyOn(verifier, 'revoke').mockImplementation((revocation) => void revoked.push(revocation));
  const invoke = (async (_call: unknown, { query }: { query: { after: unknown } }) => {
    told.after.push(query.after);
    return { suspended: [], keySet: 'one', ...answer(query.after) };
  }) as Invoke;
  return { watch: new RevocationWatch(verifier, invoke, log), revoked, told };
}

afterEach(() => jest.useRealTimers());

it('hands on each revocation and asks for the next ones from there', async () => {
  const { watch, revoked, told } = watchOf((after) => ({
    revocations: after === undefined ? [{ sid: 's1', before: 1 }] : [{ userId: 'u1', before: 2 }],
    cursor: after === undefined ? '5' : '6',
  }));
  await watch.poll();
  await watch.poll();
  expect(revoked).toEqual([
    { sid: 's1', before: 1 },
    { userId: 'u1', before: 2 },
  ]);
  expect(told.after).toEqual([undefined, '5']);
});

it('is fresh for half a minute after an answer, and not before the first', async () => {
  jest.useFakeTimers();
  const { watch } = watchOf(() => ({ revocations: [], cursor: '0' }));
  expect(watch.isFresh).toBe(false);
  await watch.poll();
  jest.setSystemTime(Date.now() + 29_000);
  expect(watch.isFresh).toBe(true);
  jest.setSystemTime(Date.now() + 1_000);
  expect(watch.isFresh).toBe(false);
});

it('takes the keys anew every half minute, not every second', async () => {
  jest.useFakeTimers();
  const { watch, told } = watchOf(() => ({ revocations: [], cursor: '0' }));
  await watch.poll();
  await watch.poll();
  expect(told.keys).toBe(1);
  jest.setSystemTime(Date.now() + 31_000);
  await watch.poll();
  expect(told.keys).toBe(2);
});

it('goes on asking after auth was silent, until it is stopped', async () => {
  jest.useFakeTimers();
  let isUp = false;
  const { watch, told } = watchOf(() => {
    if (!isUp) throw new Error('silent');
    return { revocations: [], cursor: '0' };
  });
  watch.start();
  await jest.advanceTimersByTimeAsync(1_000);
  expect(watch.isFresh).toBe(false);
  isUp = true;
  await jest.advanceTimersByTimeAsync(1_000);
  expect(watch.isFresh).toBe(true);
  watch.stop();
  const asked = told.after.length;
  await jest.advanceTimersByTimeAsync(5_000);
  expect(told.after).toHaveLength(asked);
});

it('reads auth’s keys by their names', async () => {
  const jwk = { kty: 'EC', crv: 'P-256', x: 'x', y: 'y', use: 'sig', alg: 'ES256' };
  const invoke = (async () => ({ keys: [{ kid: 'k1', ...jwk }] })) as unknown;
  expect(await jwksFrom(invoke as Invoke)()).toEqual([{ kid: 'k1', jwk }]);
});

it('knows which companies may not write, as auth said last', async () => {
  let suspended = [{ companyId: 'c1', reason: 'unpaid' }];
  const { watch } = watchOf(() => ({ revocations: [], cursor: '0', suspended }));
  await watch.poll();
  expect([watch.suspensionOf('c1'), watch.suspensionOf('c2')]).toEqual(['unpaid', undefined]);
  suspended = [];
  await watch.poll();
  expect(watch.suspensionOf('c1')).toBeUndefined();
});

it('takes the keys anew with the first answer that tells other ones, and not again for the same', async () => {
  let keySet = 'one';
  const { watch, told } = watchOf(() => ({ revocations: [], cursor: '1', keySet }));
  await watch.poll();
  await watch.poll();
  expect(told.keys).toBe(1);
  keySet = 'two';
  await watch.poll();
  await watch.poll();
  expect(told.keys).toBe(2);
});
