import { GRACE_MS, judgeRefresh } from '../src/session/session.rules.ts';
import { issuedAt, mayGiveRole, nextTokensFrom } from '../src/user/user.rules.ts';

const now = new Date('2026-01-01T00:00:00.500Z');
const later = (ms: number) => new Date(now.getTime() + ms);

test.each([
  ['no token', null, 'refuse'],
  ['one that has expired', { expiresAt: now }, 'refuse'],
  ['a fresh one', { expiresAt: later(1) }, 'rotate'],
  ['one spent at the edge of the grace', { expiresAt: later(1), usedAt: later(-GRACE_MS) }, 'rotate'],
  ['one spent before', { expiresAt: later(1), usedAt: later(-GRACE_MS - 1) }, 'reused'],
] as const)('judges %s', (_, token, verdict) => {
  expect(judgeRefresh(token, now)).toBe(verdict);
});

test('a token made after a revocation is good, and void after the next one, all within one second', () => {
  const first = nextTokensFrom(0, now);
  expect(issuedAt(0, now)).toBeLessThan(first);
  const token = issuedAt(first, now);
  expect(token).toBeGreaterThanOrEqual(first);
  expect(token).toBeLessThan(nextTokensFrom(first, now));
});

test('nobody but a super admin makes super admins, and only admins make staff', () => {
  expect(mayGiveRole('super_admin', 'super_admin')).toBe(true);
  expect(mayGiveRole('company_admin', 'super_admin')).toBe(false);
  expect(mayGiveRole('company_admin', 'company_admin')).toBe(true);
  expect(mayGiveRole('shop_manager', 'shop_staff')).toBe(false);
  expect(mayGiveRole('super_admin', 'customer')).toBe(false);
});
