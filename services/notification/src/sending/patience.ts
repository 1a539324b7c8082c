import { setTimeout as sleep } from 'node:timers/promises';

/** What comes of `work`, or an error with the code `ETIMEDOUT` when nothing has after `ms`. The work itself goes on. */
export async function within<Result>(ms: number, work: Promise<Result>): Promise<Result> {
  const inTime = new AbortController();
  const tooLate = sleep(ms, undefined, { signal: inTime.signal }).then(() => {
    throw Object.assign(new Error(`nothing came of it in ${ms} ms`), { code: 'ETIMEDOUT' });
  });
  try {
    return await Promise.race([work, tooLate]);
  } finally {
    inTime.abort();
  }
}
