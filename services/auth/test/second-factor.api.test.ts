import { userLocked, userLoggedIn, userLoginFailed, userSecondFactorChanged } from '@souk/contracts';
import type { TestService } from '@souk/testing';
import { Secret, TOTP } from 'otpauth';
import { secondFactors } from '../src/second-factor/second-factor.store.ts';
import { bearer, logIn, mintToken, newCustomer, PASSWORD, startAuth } from './running-auth.ts';
import { everythingStored } from './stored-secrets.ts';

let auth: TestService;
beforeAll(async () => {
  auth = await startAuth();
});
afterAll(() => auth.stop());

const STEP_MS = 30_000;

type Customer = Awaited<ReturnType<typeof newCustomer>>;
interface Enrolled extends Customer {
  secret: string;
  codes: string[];
}

/** What the person's app shows, `steps` from the present one. */
const codeOf = ({ secret }: { secret: string }, steps = 0): string =>
  new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: auth.running.runtime.now().getTime() + steps * STEP_MS });

const act = (customer: Customer, what: string, body: object) =>
  auth.request('POST', `/auth/mfa/${what}`, { headers: bearer(customer.tokens.accessToken), body });

/** To the beginning of a step: what follows takes less than the rest of it. */
const toStep = () => auth.advance(STEP_MS - (auth.running.runtime.now().getTime() % STEP_MS));

/** A customer with a second factor, whose next code is of a step that was not used yet. */
async function enrolled(): Promise<Enrolled> {
  const customer = await newCustomer(auth);
  const { body } = await act(customer, 'enrol', { password: PASSWORD });
  const { body: confirmed } = await act(customer, 'confirm', { code: codeOf(body) });
  auth.advance(2 * STEP_MS);
  return { ...customer, secret: body.secret, codes: confirmed.recoveryCodes };
}

const challengeOf = async ({ email }: Customer): Promise<string> => (await logIn(auth, email)).body.challenge;

const finish = (challenge: string, code: string) =>
  auth.request('POST', '/auth/login/second-factor', { body: { challenge, code } });

const ofUser = async ({ userId }: Customer) =>
  (await auth.published(userSecondFactorChanged)).filter(({ subject }) => subject === userId).map(({ data }) => data);

test('enrols by the password, and counts from the first code on', async () => {
  const customer = await newCustomer(auth);
  expect(await act(customer, 'enrol', { password: 'not the right one' })).toMatchObject({
    body: { code: 'auth.wrong_password' },
  });
  expect(await act(customer, 'enrol', {})).toMatchObject({ status: 422, body: { code: 'auth.password_needed' } });
  const begun = await act(customer, 'enrol', { password: PASSWORD });
  expect(begun).toMatchObject({ status: 201, headers: { location: '/api/auth/mfa', 'cache-control': 'no-store' } });
  expect(begun.body.uri).toContain(`secret=${begun.body.secret}`);
  expect((await logIn(auth, customer.email)).status).toBe(200);
  expect(await act(customer, 'confirm', { code: '000000' })).toMatchObject({ status: 403, body: { code: 'auth.wrong_code' } });
  const confirmed = await act(customer, 'confirm', { code: codeOf(begun.body) });
  expect(confirmed.status).toBe(200);
  expect(new Set(confirmed.body.recoveryCodes).size).toBe(10);
  expect((await logIn(auth, customer.email)).status).toBe(401);
  expect((await ofUser(customer)).map(({ change, codesLeft }) => [change, codesLeft])).toEqual([
    ['begun', 0],
    ['enabled', 10],
  ]);
  const { body } = await auth.request('GET', '/auth/mfa', { headers: bearer(customer.tokens.accessToken) });
  expect(body).toEqual({ isEnabled: true, recoveryCodesLeft: 10 });
  expect(await act(customer, 'enrol', { password: PASSWORD })).toMatchObject({ body: { code: 'auth.second_factor_on' } });
});

test('asks for a code once the password was right, and begins no session without', async () => {
  const customer = await enrolled();
  expect(await logIn(auth, customer.email, 'not the right one')).toMatchObject({ body: { code: 'auth.wrong_credentials' } });
  const asked = await logIn(auth, customer.email);
  expect(asked).toMatchObject({ status: 401, body: { code: 'auth.second_factor_required', expiresIn: 300 } });
  expect(asked.body.accessToken).toBeUndefined();
  expect(await finish(asked.body.challenge, '000000')).toMatchObject({ status: 403, body: { code: 'auth.wrong_code' } });
  expect((await auth.published(userLoginFailed)).at(-1)?.data).toMatchObject({
    userId: customer.userId,
    reason: 'wrong_second_factor',
  });
  const done = await finish(asked.body.challenge, codeOf(customer));
  expect(done).toMatchObject({ status: 200, body: { user: { id: customer.userId } }, headers: { 'cache-control': 'no-store' } });
  expect((await auth.request('GET', '/auth/me', { headers: bearer(done.body.accessToken) })).status).toBe(200);
  const event = (await auth.published(userLoggedIn)).filter(({ subject }) => subject === customer.userId).at(-1);
  expect(event?.data).toMatchObject({ method: 'password', secondFactor: true });
});

test.each([
  [-2, 403],
  [-1, 200],
  [0, 200],
  [1, 200],
  [2, 403],
])('a code %i steps from now answers %i', async (steps, status) => {
  const customer = await enrolled();
  auth.advance(2 * STEP_MS);
  toStep();
  expect((await finish(await challengeOf(customer), codeOf(customer, steps))).status).toBe(status);
});

test('takes a code once, also side by side, and none that is older', async () => {
  const customer = await enrolled();
  auth.advance(2 * STEP_MS);
  toStep();
  const code = codeOf(customer);
  const open = await Promise.all(Array.from({ length: 5 }, () => challengeOf(customer)));
  const answers = await Promise.all(open.map((challenge) => finish(challenge, code)));
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 403, 403, 403, 403]);
  const again = await challengeOf(customer);
  expect((await finish(again, code)).status).toBe(403);
  expect((await finish(again, codeOf(customer, -1))).status).toBe(403);
  expect((await finish(again, codeOf(customer, 1))).status).toBe(200);
});

test('takes a challenge once, for five minutes, and only while the account is as it was', async () => {
  const customer = await enrolled();
  const refused = { status: 401, body: { code: 'auth.challenge_refused' } };
  expect(await finish('made-up', '000000')).toMatchObject(refused);
  const spent = await challengeOf(customer);
  expect((await finish(spent, codeOf(customer))).status).toBe(200);
  auth.advance(STEP_MS);
  expect(await finish(spent, codeOf(customer, 1))).toMatchObject(refused);
  const late = await challengeOf(customer);
  auth.advance(300_000);
  expect(await finish(late, codeOf(customer))).toMatchObject(refused);
  const old = await challengeOf(customer);
  const { token } = await mintToken(auth, customer.userId, 'reset');
  await auth.request('POST', '/auth/reset-password', { body: { token, password: 'a whole new password' } });
  expect(await finish(old, codeOf(customer))).toMatchObject(refused);
  expect((await logIn(auth, customer.email, 'a whole new password')).body.code).toBe('auth.second_factor_required');
});

test('takes a recovery code in place of one, once, however it is typed', async () => {
  const customer = await enrolled();
  const [code = ''] = customer.codes;
  const typed = ` ${code.toLowerCase().replaceAll('-', ' ')}`;
  const open = [await challengeOf(customer), await challengeOf(customer)] as const;
  const answers = await Promise.all([finish(open[0], typed), finish(open[1], code)]);
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 403]);
  expect((await finish(await challengeOf(customer), code)).status).toBe(403);
  expect((await ofUser(customer)).at(-1)).toMatchObject({ change: 'code_used', codesLeft: 9 });
});

test('locks the account’s codes after ten wrong ones, from wherever they come, and says so', async () => {
  const customer = await enrolled();
  const before = (await auth.published(userLocked)).length;
  const challenge = await challengeOf(customer);
  const guesses = await Promise.all(Array.from({ length: 14 }, () => finish(challenge, '000000')));
  expect(guesses.filter(({ status }) => status === 403)).toHaveLength(10);
  expect(guesses.filter(({ status }) => status === 429)).toHaveLength(4);
  expect((await finish(await challengeOf(customer), codeOf(customer))).status).toBe(429);
  const disable = { password: PASSWORD, code: codeOf(customer) };
  expect((await act(customer, 'disable', disable)).status).toBe(429);
  expect((await auth.published(userLocked)).slice(before)).toMatchObject([{ data: { userId: customer.userId, failures: 10 } }]);
  auth.advance(15 * 60_000 + 1_000);
  expect((await finish(await challengeOf(customer), codeOf(customer))).status).toBe(200);
});

test('is turned off by the password and a code, and a code again does not bring it back', async () => {
  const customer = await enrolled();
  const body = { password: PASSWORD, code: codeOf(customer) };
  expect((await act(customer, 'disable', { ...body, password: 'not the right one' })).status).toBe(403);
  expect((await act(customer, 'disable', { ...body, code: '000000' })).status).toBe(403);
  const challenge = await challengeOf(customer);
  expect((await act(customer, 'disable', body)).status).toBe(204);
  expect((await finish(challenge, codeOf(customer, 1))).status).toBe(401);
  expect((await logIn(auth, customer.email)).status).toBe(200);
  expect(await act(customer, 'disable', body)).toMatchObject({ status: 409, body: { code: 'auth.second_factor_off' } });
  expect((await ofUser(customer)).at(-1)).toMatchObject({ change: 'disabled' });
});

test('is turned off by a recovery code where the device is lost', async () => {
  const customer = await enrolled();
  const [code = ''] = customer.codes;
  expect((await act(customer, 'disable', { password: PASSWORD, code })).status).toBe(204);
  expect(await auth.db(secondFactors).findOne({ _id: customer.userId })).toBeNull();
});

test('replaces the recovery codes; the old ones are void', async () => {
  const customer = await enrolled();
  const { status, body } = await act(customer, 'recovery-codes', { password: PASSWORD, code: codeOf(customer) });
  expect([status, body.recoveryCodes.length]).toEqual([200, 10]);
  expect((await finish(await challengeOf(customer), customer.codes[1] ?? '')).status).toBe(403);
  expect((await finish(await challengeOf(customer), body.recoveryCodes[0] ?? '')).status).toBe(200);
});

test('keeps neither the secret nor a recovery code nor a challenge in clear, and says none in events', async () => {
  const customer = await enrolled();
  const secrets = [customer.secret, await challengeOf(customer), ...customer.codes];
  const stored = await everythingStored(auth);
  const said = JSON.stringify(auth.sidecar.published);
  for (const secret of secrets) {
    expect(stored).not.toContain(secret);
    expect(said).not.toContain(secret);
  }
});
