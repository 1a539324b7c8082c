import { createPublicKey, createSecretKey, generateKeyPairSync } from 'node:crypto';
import { eventually } from '@souk/testing';
import jwt from 'jsonwebtoken';
import { newId } from '../src/index.ts';
import type { Claims, PublicKey } from '../src/tokens.ts';
import { AUDIENCE, ISSUER, signToken, TokenVerifier } from '../src/tokens.ts';

function keyNamed(kid: string) {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return {
    kid,
    privateKey,
    publicKey,
    jwk: createPublicKey(publicKey.export({ type: 'spki', format: 'pem' })).export({ format: 'jwk' }),
  };
}

const key = keyNamed('k1');
const second = keyNamed('k2');
const who = (): Omit<Claims, 'iat' | 'exp'> => ({
  userId: newId(),
  email: 'a@example.com',
  role: 'customer',
  shopIds: [],
  sid: newId(),
});

describe('an access token', () => {
  let nowMs = Date.parse('2026-11-02T09:00:00.000Z');
  let keys = [key];
  let fetched = 0;
  const now = () => new Date(nowMs);
  const verifier = () =>
    new TokenVerifier(async () => {
      fetched += 1;
      return keys.map(({ kid, jwk }) => ({ kid, jwk }));
    }, now);
  const sign = (payload = who(), by = key) => signToken(payload, by, { ttlSeconds: 900, now: now() });
  const forge = (over: jwt.SignOptions & { payload?: object } = {}) => {
    const { payload = {}, ...options } = over;
    const iat = Math.floor(nowMs / 1000);
    const signed = { ...who(), iat, exp: iat + 900, ...payload };
    return jwt.sign(signed, key.privateKey, { algorithm: 'ES256', keyid: 'k1', issuer: ISSUER, audience: AUDIENCE, ...options });
  };
  const refused = (token: string) =>
    expect(verifier().verify(token)).rejects.toMatchObject({ status: 401, code: 'unauthenticated' });

  beforeEach(() => {
    keys = [key];
    fetched = 0;
  });
  afterEach(() => jest.useRealTimers());

  it('gives back its claims, and is verified once', async () => {
    const payload = who();
    const token = sign(payload);
    const tokens = verifier();
    expect(await tokens.verify(token)).toMatchObject(payload);
    keys = [];
    expect(await tokens.verify(token)).toMatchObject(payload);
    expect(fetched).toBe(1);
  });

  it('is refused without a signature', () => {
    const [header = '', body = ''] = sign().split('.');
    const none = Buffer.from(JSON.stringify({ alg: 'none', typ: 'JWT', kid: 'k1' })).toString('base64url');
    return Promise.all([refused(`${none}.${body}.`), refused(`${header}.${body}.`), refused(`${header}.${body}`)]);
  });

  it('is refused when the public key is used as a secret', () => {
    const pem = key.publicKey.export({ type: 'spki', format: 'pem' });
    const iat = Math.floor(nowMs / 1000);
    const options = { algorithm: 'HS256', keyid: 'k1', issuer: ISSUER, audience: AUDIENCE } as const;
    return refused(jwt.sign({ ...who(), iat, exp: iat + 900 }, createSecretKey(Buffer.from(pem)), options));
  });

  it('is refused when another key signed it under a known name', () => refused(sign(who(), { ...second, kid: 'k1' })));

  it('is refused when one letter of it has changed', () => {
    const [header, body = '', signature] = sign().split('.');
    const claims = JSON.parse(Buffer.from(body, 'base64url').toString());
    const raised = Buffer.from(JSON.stringify({ ...claims, role: 'super_admin' })).toString('base64url');
    return refused(`${header}.${raised}.${signature}`);
  });

  it.each([
    ['another issuer', { issuer: 'someone' }],
    ['another audience', { audience: 'another-api' }],
    ['an unknown key', { keyid: 'k9' }],
    ['a role that is none', { payload: { role: 'emperor' } }],
    ['no user', { payload: { userId: undefined } }],
    ['no session', { payload: { sid: undefined } }],
    ['an end that has passed', { payload: { exp: Math.floor(nowMs / 1000) - 1 } }],
  ])('is refused with %s', (_name, over) => refused(forge(over)));

  it.each(['', 'a', 'a.b.c', '..', 'x'.repeat(5_000), `${Buffer.from('7').toString('base64url')}.x.y`])(
    'is refused as %s',
    (token) => refused(token),
  );

  it('is refused from the second it expires, though it was remembered', async () => {
    const tokens = verifier();
    const token = sign();
    nowMs += 899_000;
    await tokens.verify(token);
    nowMs += 1_000;
    await expect(tokens.verify(token)).rejects.toMatchObject({ status: 401 });
  });

  it('of a new key makes us ask for the keys, though not at every stranger’s word', async () => {
    const tokens = verifier();
    await tokens.verify(sign());
    keys = [key, second];
    await expect(tokens.verify(sign(who(), second))).rejects.toMatchObject({ status: 401 });
    expect(fetched).toBe(1);
    jest.useFakeTimers({ now: Date.now() + 2_001 });
    await tokens.verify(sign(who(), second));
    expect(fetched).toBe(2);
  });

  it('of a key that is gone is refused, remembered or not', async () => {
    const tokens = verifier();
    const token = sign();
    await tokens.verify(token);
    keys = [second];
    await tokens.refreshKeys();
    await expect(tokens.verify(token)).rejects.toMatchObject({ status: 401 });
  });

  it('of a key that goes while an older answer is on its way is refused as soon as the keys were taken anew', async () => {
    const asked: ((keys: PublicKey[]) => void)[] = [];
    const tokens = new TokenVerifier(() => new Promise((resolve) => asked.push(resolve)), now);
    const verified = tokens.verify(sign());
    const refreshed = tokens.refreshKeys();
    await eventually(() => expect(asked).toHaveLength(1));
    asked[0]?.([key]);
    await verified;
    await eventually(() => expect(asked).toHaveLength(2));
    asked[1]?.([second]);
    await refreshed;
    await expect(tokens.verify(sign())).rejects.toMatchObject({ status: 401 });
  });

  it('of a revoked session is refused, others of the user are not', async () => {
    const tokens = verifier();
    const payload = who();
    const [revoked, other] = [sign(payload), sign({ ...payload, sid: newId() })];
    await Promise.all([tokens.verify(revoked), tokens.verify(other)]);
    tokens.revoke({ sid: payload.sid, before: nowMs / 1000 });
    await expect(tokens.verify(revoked)).rejects.toMatchObject({ status: 401 });
    await expect(tokens.verify(other)).resolves.toMatchObject({ userId: payload.userId });
  });

  it('stands without being verified again until it expires or its session ends', async () => {
    const [payload, revoked] = [who(), who()];
    const tokens = verifier();
    const [found, other] = await Promise.all([tokens.verify(sign(payload)), tokens.verify(sign(revoked))]);
    tokens.revoke({ sid: revoked.sid, before: nowMs / 1000 });
    expect([tokens.stands(found), tokens.stands(other)]).toEqual([true, false]);
    nowMs += 900_000;
    expect(tokens.stands(found)).toBe(false);
  });

  it('of a revoked user is refused when it is older, and never again by an older revocation', async () => {
    const tokens = verifier();
    const payload = who();
    const old = sign(payload);
    nowMs += 10_000;
    const fresh = sign(payload);
    tokens.revoke({ userId: payload.userId, before: nowMs / 1000 });
    tokens.revoke({ userId: payload.userId, before: nowMs / 1000 - 3600 });
    await expect(tokens.verify(old)).rejects.toMatchObject({ status: 401 });
    await expect(tokens.verify(fresh)).resolves.toMatchObject({ userId: payload.userId });
  });

  it('forgets revocations that concern expired tokens only', async () => {
    const tokens = verifier();
    const payload = who();
    tokens.revoke({ sid: payload.sid, before: nowMs / 1000 - 7200 });
    const token = sign(payload);
    await expect(tokens.verify(token)).rejects.toMatchObject({ status: 401 });
    tokens.forgetBefore(nowMs / 1000 - 3600);
    await expect(tokens.verify(token)).resolves.toMatchObject({ sid: payload.sid });
  });
});
