import { eventually } from '../src/eventually.ts';

test('repeats until it holds, and gives what it gave', async () => {
  let tries = 0;
  const result = await eventually(() => {
    tries += 1;
    if (tries < 3) throw new Error('not yet');
    return tries;
  });
  expect(result).toBe(3);
});

test('throws the last failure when time is up', async () => {
  let tries = 0;
  const never = eventually(
    () => {
      tries += 1;
      throw new Error(`try ${tries}`);
    },
    { withinMs: 60 },
  );
  const error = await never.catch((thrown: Error) => thrown);
  expect(error).toMatchObject({ message: `try ${tries}` });
  expect(tries).toBeGreaterThan(1);
});
