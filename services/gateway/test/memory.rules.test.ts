import { CatalogueMemory } from '../src/catalogue/catalogue.memory.ts';
import type { Answered } from '../src/catalogue/catalogue.rules.ts';
import { readOf } from '../src/catalogue/catalogue.rules.ts';

let nowMs: number;
let memory: CatalogueMemory;
let asked: number;

beforeEach(() => {
  nowMs = 5_000;
  asked = 0;
  memory = new CatalogueMemory(() => nowMs);
});

const neverRead = (): never => {
  throw new Error('this is no read of the catalogue');
};
const read = (url = '/products') => readOf({ method: 'GET', url, headers: {} }) ?? neverRead();
const answer = (text: string): Answered => ({
  status: 200,
  headers: { 'content-type': 'application/json' },
  body: Buffer.from(text),
});
const at = (text: string) => async () => {
  asked += 1;
  return answer(text);
};
/** A question that is answered when the test says so. */
function question() {
  const { promise, resolve, reject } = Promise.withResolvers<Answered | undefined>();
  const ask = () => {
    asked += 1;
    return promise;
  };
  return { ask, resolve, reject };
}

test('an answer is given for a second after it was asked for, and no longer', async () => {
  const slow = question();
  const first = memory.find(read(), slow.ask);
  nowMs += 600;
  slow.resolve(answer('1'));
  expect((await first).kind).toBe('miss');
  nowMs += 399;
  expect((await memory.find(read(), at('2'))).kind).toBe('hit');
  nowMs += 1;
  expect((await memory.find(read(), at('3'))).kind).toBe('miss');
  expect(asked).toBe(2);
});

test('those who ask at once are answered by one question', async () => {
  const one = question();
  const all = Array.from({ length: 50 }, () => memory.find(read(), one.ask));
  one.resolve(answer('1'));
  const kinds = (await Promise.all(all)).map(({ kind }) => kind);
  expect({ asked, shared: kinds.filter((kind) => kind === 'shared').length }).toEqual({ asked: 1, shared: 49 });
});

test('who waits for an answer that comes too late asks alone', async () => {
  const slow = question();
  const first = memory.find(read(), slow.ask);
  nowMs += 900;
  const second = memory.find(read(), slow.ask);
  nowMs += 100;
  slow.resolve(answer('1'));
  expect([(await first).kind, (await second).kind]).toEqual(['miss', 'alone']);
  expect(memory.size.entries).toBe(0);
});

test('a change forgets what was kept, and keeps nothing that was asked for before it', async () => {
  const change = { companyId: 'c', productId: 'p' };
  await memory.find(read(), at('1'));
  memory.evict(change);
  expect((await memory.find(read(), at('2'))).kind).toBe('miss');
  memory.evict(change);
  const before = question();
  const first = memory.find(read(), before.ask);
  const waiting = memory.find(read(), before.ask);
  memory.evict(change);
  const fresh = await memory.find(read(), at('4'));
  before.resolve(answer('3'));
  expect([(await first).kind, (await waiting).kind, fresh.kind]).toEqual(['miss', 'alone', 'miss']);
  expect(await memory.find(read(), at('5'))).toMatchObject({ kind: 'hit', kept: { body: Buffer.from('4') } });
});

test('a failure is everybody’s who waits, and is not kept', async () => {
  const failing = question();
  const both = [memory.find(read(), failing.ask), memory.find(read(), failing.ask)];
  failing.reject(new Error('away'));
  expect((await Promise.allSettled(both)).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect((await memory.find(read(), at('1'))).kind).toBe('miss');
});

test('a refusal is its asker’s alone', async () => {
  const refused = question();
  const both = [memory.find(read(), refused.ask), memory.find(read(), refused.ask)];
  refused.resolve({ ...answer('{}'), status: 404 });
  expect((await Promise.all(both)).map(({ kind }) => kind)).toEqual(['miss', 'alone']);
});

test('holds no more than it may, and lets the oldest go first', async () => {
  for (let index = 0; index < 2_100; index += 1) await memory.find(read(`/products?q=${index}`), at('1'));
  expect(memory.size.entries).toBe(2_000);
  expect((await memory.find(read('/products?q=99'), at('1'))).kind).toBe('miss');
  expect((await memory.find(read('/products?q=2099'), at('1'))).kind).toBe('hit');
  const large = 'x'.repeat(1024 * 1024);
  for (let index = 0; index < 40; index += 1) await memory.find(read(`/products?large=${index}`), at(large));
  expect(memory.size.bytes).toBeLessThanOrEqual(32 * 1024 * 1024);
  nowMs += 1_000;
  await memory.find(read(), at('1'));
  expect(memory.size.entries).toBe(1);
});
