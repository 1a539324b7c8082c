import { isRecognised } from '../src/oidc/provider.rules.ts';

const [own, other] = ['company-1', 'company-2'];

test.each([
  { provider: {}, user: null, isLetIn: true },
  { provider: {}, user: { role: 'customer' }, isLetIn: true },
  { provider: {}, user: { role: 'shop_staff', companyId: own }, isLetIn: false },
  { provider: {}, user: { role: 'super_admin' }, isLetIn: false },
  { provider: { companyId: own }, user: null, isLetIn: false },
  { provider: { companyId: own }, user: { role: 'company_admin', companyId: own }, isLetIn: true },
  { provider: { companyId: own }, user: { role: 'company_admin', companyId: other }, isLetIn: false },
  { provider: { companyId: own }, user: { role: 'customer' }, isLetIn: false },
  { provider: { companyId: own }, user: { role: 'super_admin' }, isLetIn: false },
] as const)('a provider $provider and $user: $isLetIn', ({ provider, user, isLetIn }) => {
  expect(isRecognised(provider, user)).toBe(isLetIn);
});
