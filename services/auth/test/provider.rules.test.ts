import { judgeRecognition } from '../src/oidc/provider.rules.ts';

const [own, other] = ['company-1', 'company-2'];

test.each([
  { provider: {}, user: null, becomes: 'make' },
  { provider: {}, user: { role: 'customer' }, becomes: 'join' },
  { provider: {}, user: { role: 'shop_staff', companyId: own }, becomes: 'refuse' },
  { provider: {}, user: { role: 'super_admin' }, becomes: 'refuse' },
  { provider: { companyId: own }, user: null, becomes: 'refuse' },
  { provider: { companyId: own }, user: { role: 'company_admin', companyId: own }, becomes: 'join' },
  { provider: { companyId: own }, user: { role: 'company_admin', companyId: other }, becomes: 'refuse' },
  { provider: { companyId: own }, user: { role: 'customer' }, becomes: 'refuse' },
  { provider: { companyId: own }, user: { role: 'super_admin' }, becomes: 'refuse' },
] as const)('a provider $provider and $user: $becomes', ({ provider, user, becomes }) => {
  expect(judgeRecognition(provider, user)).toBe(becomes);
});
