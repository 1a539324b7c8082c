import type { TestAnswer, TestService } from '@souk/testing';
import { superAdmin } from '@souk/testing';
import { idOf, logInFrom, newAddress, register, startAuth } from './running-auth.ts';

const PAIRS = 200;
/** How often one address is asked about: below all limits of failures and mails. */
const OF_EACH = 4;
const TRIES = 3;
const MOST_APART = 0.1;

let auth: TestService;
beforeAll(async () => {
  // Hashing must weigh enough to be missed where it is left out, and not so much that nothing else is seen beside it.
  auth = await startAuth({ BCRYPT_COST: '6' });
});
afterAll(() => auth.stop());

interface Question {
  name: string;
  ask(email: string): Promise<TestAnswer>;
  /** Whether asking makes the account, so that an unknown address is unknown once only. */
  makesAccount: boolean;
}

const wrong = 'not the right one';
const QUESTIONS: Question[] = [
  { name: 'login', ask: (email) => logInFrom(auth, '192.0.2.1', { email, password: wrong }), makesAccount: false },
  { name: 'register', ask: (email) => register(auth, email), makesAccount: true },
  {
    name: 'forgot-password',
    ask: (email) => auth.request('POST', '/auth/forgot-password', { body: { email } }),
    makesAccount: false,
  },
];

async function newAccount(): Promise<string> {
  const email = newAddress();
  expect((await register(auth, email)).status).toBe(202);
  return email;
}

/** Accounts in every state that a stranger must not learn of, by their addresses. */
const KNOWN: Record<string, () => Promise<string>> = {
  'that waits for its mail': newAccount,
  'that is deactivated': async () => {
    const email = await newAccount();
    const deactivated = await auth.request('POST', `/users/${await idOf(auth, email)}/deactivate`, { as: superAdmin() });
    expect(deactivated.status).toBe(200);
    return email;
  },
  'of a colleague without a password': async () => {
    const email = newAddress();
    const body = { email, name: 'Col League', role: 'super_admin' };
    expect((await auth.request('POST', '/users', { as: superAdmin(), body })).status).toBe(201);
    return email;
  },
};

/** An answer without what is another for each request. */
function shown({ status, headers, body }: TestAnswer) {
  const { date: _date, traceparent: _trace, 'x-request-id': _id, ...rest } = headers;
  const text = JSON.stringify(body);
  return { status, headers: rest, text: body.requestId ? text.replace(body.requestId, 'id') : text };
}

describe.each(QUESTIONS)('$name', ({ ask, makesAccount }) => {
  test.each(Object.entries(KNOWN))('answers for an account %s as for none', async (_, make) => {
    const known = await make();
    const answers = [await ask(known), await ask(newAddress())] as const;
    expect(shown(answers[0])).toEqual(shown(answers[1]));
    // The same length on the wire: nothing that parsing passes over tells them apart.
    expect(answers[0].headers['content-length']).toBe(answers[1].headers['content-length']);
  });

  test('takes as long for an account as for none', async () => {
    const apart: number[] = [];
    while (apart.length < TRIES && !(Math.min(...apart) <= MOST_APART)) apart.push(await measureApart(ask, makesAccount));
    expect(Math.min(...apart)).toBeLessThanOrEqual(MOST_APART);
  }, 120_000);
});

/** By how much the median times of known and unknown addresses differ, in parts of the shorter one. */
async function measureApart(ask: Question['ask'], makesAccount: boolean): Promise<number> {
  const addresses = Math.ceil(PAIRS / OF_EACH);
  const known = await Promise.all(Array.from({ length: addresses }, newAccount));
  const unknown = Array.from({ length: addresses }, newAddress);
  const times: Record<'known' | 'unknown', number[]> = { known: [], unknown: [] };
  const time = async (kind: keyof typeof times, email = newAddress()) => {
    const fromMs = performance.now();
    await ask(email);
    times[kind].push(performance.now() - fromMs);
  };
  for (let pair = 0; pair < PAIRS; pair += 1) {
    const stranger = makesAccount ? undefined : unknown[pair % addresses];
    const both = [() => time('known', known[pair % addresses]), () => time('unknown', stranger)];
    // In turn the one and the other come first, so that neither always finds things warm.
    for (const one of pair % 2 === 0 ? both : both.reverse()) await one();
  }
  const [one, other] = [median(times.known), median(times.unknown)];
  process.stdout.write(`known ${one.toFixed(2)} ms, unknown ${other.toFixed(2)} ms\n`);
  return Math.max(one, other) / Math.min(one, other) - 1;
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
