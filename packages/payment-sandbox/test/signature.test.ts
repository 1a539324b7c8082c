import { verifySignature } from '../src/index.ts';
import { signBody } from '../src/signature.ts';

const secret = 'a-secret-of-tests';
const now = Date.UTC(2026, 0, 1);
const body = '{"id":"sbx_evt_1"}';
const header = signBody(body, secret, now);

describe('verifySignature', () => {
  it('takes what was signed, as text or as bytes', () => {
    expect(verifySignature(body, header, secret, now)).toBe(true);
    expect(verifySignature(Buffer.from(body), header, secret, now)).toBe(true);
  });

  it.each([
    ['another body', { body: `${body} ` }],
    ['another secret', { secret: 'another-secret' }],
    ['another time in the header', { header: header.replace(/t=\d+/, `t=${now / 1000 + 1}`) }],
    ['a signature older than five minutes', { at: now + 301_000 }],
    ['a signature from the future', { at: now - 301_000 }],
    ['an empty header', { header: '' }],
    ['a header without a time', { header: header.replace(/t=\d+,/, '') }],
    ['a shortened signature', { header: header.slice(0, -2) }],
    ['a signature that is not hex', { header: header.replace(/v1=../, 'v1=zz') }],
  ])('refuses %s', (_case, wrong) => {
    const given = { body, header, secret, at: now, ...wrong };
    expect(verifySignature(given.body, given.header, given.secret, given.at)).toBe(false);
  });

  it('takes a tolerance in seconds', () => {
    expect(verifySignature(body, header, secret, now + 11_000, 10)).toBe(false);
    expect(verifySignature(body, header, secret, now + 9_000, 10)).toBe(true);
  });

  it('takes any of several signatures while a secret is rotated', () => {
    const rotated = `${header},${signBody(body, 'the-new-secret', now).split(',')[1]}`;
    expect(verifySignature(body, rotated, secret, now)).toBe(true);
    expect(verifySignature(body, rotated, 'the-new-secret', now)).toBe(true);
  });
});
