import { within } from '../src/sending/patience.ts';

describe('waiting for an attempt', () => {
  it('ends with what comes of it', async () => {
    expect(await within(60_000, Promise.resolve('sent'))).toBe('sent');
    await expect(within(60_000, Promise.reject(new Error('refused')))).rejects.toThrow('refused');
  });

  it('ends in time when nothing comes, as a fault that may pass', async () => {
    const never = new Promise<never>(() => {});
    await expect(within(20, never)).rejects.toMatchObject({ code: 'ETIMEDOUT' });
  });
});
