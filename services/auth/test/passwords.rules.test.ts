import { config } from '../src/config.ts';
import { passwords } from '../src/passwords.ts';

const settings = (over: Record<string, string>) => config.environment?.safeParse({ ...over });

test('production does not start with a cheap hash, tests may', () => {
  expect(settings({ NODE_ENV: 'production', BCRYPT_COST: '11' })?.error?.issues[0]?.path).toEqual(['BCRYPT_COST']);
  expect(settings({ NODE_ENV: 'production' })?.data?.BCRYPT_COST).toBe(12);
  expect(settings({ NODE_ENV: 'test', BCRYPT_COST: '4' })?.success).toBe(true);
});

async function hasher(cost: string) {
  const values = settings({ BCRYPT_COST: cost })?.data;
  return passwords.start({ value: () => values } as never);
}

test('every sign of a long password counts, and accents match however they were typed', async () => {
  const { hash, matches } = await hasher('4');
  const long = 'x'.repeat(199);
  expect(await matches(`${long}a`, await hash(`${long}b`))).toBe(false);
  expect(await matches('cafe\u0301 au lait', await hash('caf\u00e9 au lait'))).toBe(true);
});

test('an unknown account costs a comparison too', async () => {
  const { hash, matches } = await hasher('10');
  const stored = await hash('correct horse battery');
  const quickest = async (against: string | undefined) => {
    const times: number[] = [];
    for (let tries = 0; tries < 3; tries += 1) {
      const begin = performance.now();
      expect(await matches('not the right one', against)).toBe(false);
      times.push(performance.now() - begin);
    }
    return Math.min(...times);
  };
  const [known, unknown] = [await quickest(stored), await quickest(undefined)];
  expect(unknown).toBeGreaterThan(known / 3);
});
