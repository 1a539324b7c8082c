import { sealJson, unsealJson } from '../src/seal.ts';

const secret = 'a-secret-of-the-tests-of-at-least-32-bytes';
const now = new Date('2026-11-02T09:00:00.000Z');
const use = { audience: 'quote', now };

const codeOf = (run: () => unknown): unknown => {
  try {
    return run();
  } catch (error) {
    return (error as { code?: string }).code;
  }
};

describe('seal', () => {
  it('gives back what was sealed, while it is valid', () => {
    const token = sealJson({ quote: { total: 12_999 } }, secret, { ...use, ttlSeconds: 900 });
    expect(unsealJson(token, secret, { ...use, now: new Date(now.getTime() + 899_000) })).toMatchObject({
      quote: { total: 12_999 },
    });
  });

  it('says that it has expired', () => {
    const token = sealJson({ quote: 1 }, secret, { ...use, ttlSeconds: 900 });
    expect(codeOf(() => unsealJson(token, secret, { ...use, now: new Date(now.getTime() + 901_000) }))).toBe('seal_expired');
  });

  it('refuses another secret, another audience, a changed payload, another algorithm and nonsense', () => {
    const token = sealJson({ quote: 1 }, secret, { ...use, ttlSeconds: 900 });
    const [header, , signature] = token.split('.');
    const forged = `${header}.${Buffer.from(JSON.stringify({ quote: 0, aud: 'quote' })).toString('base64url')}.${signature}`;
    const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${token.split('.')[1]}.`;
    for (const bad of [forged, unsigned, 'nonsense', '']) expect(codeOf(() => unsealJson(bad, secret, use))).toBe('seal_invalid');
    expect(codeOf(() => unsealJson(token, `${secret}!`, use))).toBe('seal_invalid');
    expect(codeOf(() => unsealJson(token, secret, { ...use, audience: 'cart' }))).toBe('seal_invalid');
  });

  it('takes no short secret', () => {
    expect(() => sealJson({}, 'short', { ...use, ttlSeconds: 1 })).toThrow(RangeError);
  });
});
