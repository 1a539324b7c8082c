import type { Method } from '@souk/contracts';
import type { Access } from '../src/access.ts';
import { anybody, authorise, companyAsked, companyNamed, everyone, roles, rolesAndGuests, services } from '../src/access.ts';
import type { Claims } from '../src/tokens.ts';

const claims = (role: Claims['role'], companyId?: string): Claims => ({
  userId: 'u1',
  email: 'u@example.com',
  role,
  shopIds: ['s1', 's2'],
  sid: 'x1',
  iat: 0,
  exp: 1,
  ...(companyId && { companyId }),
});
const nobody = { caller: undefined, app: undefined };
const codeOf = (run: () => unknown): unknown => {
  try {
    return run();
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe('what services ask each other', () => {
  const scopeFor = (app: string | undefined, ...callers: Parameters<typeof services>) =>
    codeOf(() => authorise({ access: services(...callers), method: 'GET', path: '/inside' }, { caller: undefined, app }));

  it('is hidden from everybody who is no service', () => {
    expect(scopeFor(undefined)).toBe('not_found');
    expect(scopeFor(undefined, 'sales')).toBe('not_found');
  });

  it('is hidden from the gateway, whose app id clients carry, unless it is named', () => {
    expect(scopeFor('gateway')).toBe('not_found');
    expect(scopeFor('gateway', 'sales')).toBe('not_found');
    expect(scopeFor('gateway', 'gateway')).toMatchObject({ kind: 'system' });
  });

  it('is refused to services that are not named, and says who asked to those that are', () => {
    expect(scopeFor('debt', 'sales')).toBe('forbidden');
    expect(scopeFor('sales', 'sales')).toEqual({ kind: 'system', reason: 'sales asks /inside' });
    expect(scopeFor('debt')).toMatchObject({ kind: 'system' });
  });
});

describe('what people ask', () => {
  const scopeFor = (access: Access, caller?: Claims, method: Method = 'GET') =>
    codeOf(() => authorise({ access, method, path: '/x' }, { caller, app: 'gateway' }));

  it('needs a token and a role that has the operation', () => {
    expect(scopeFor(roles({ company_admin: 'company' }))).toBe('unauthenticated');
    expect(scopeFor(roles({ company_admin: 'company' }), claims('customer'))).toBe('forbidden');
  });

  it('reaches as far as its role', () => {
    const access = roles({
      super_admin: 'all',
      company_admin: 'company',
      shop_manager: 'shops',
      shop_staff: 'public',
      customer: 'own',
    });
    expect(scopeFor(access, claims('super_admin'))).toEqual({ kind: 'system', reason: 'super admin on /x' });
    expect(scopeFor(access, claims('company_admin', 'c1'))).toEqual({ kind: 'company', companyId: 'c1' });
    expect(scopeFor(access, claims('shop_manager', 'c1'))).toEqual({ kind: 'shops', companyId: 'c1', shopIds: ['s1', 's2'] });
    expect(scopeFor(access, claims('shop_staff', 'c1'))).toEqual({ kind: 'public' });
    expect(scopeFor(access, claims('customer'))).toEqual({ kind: 'own', userId: 'u1' });
  });

  it('is refused when the role needs a company that the token does not name', () => {
    expect(scopeFor(roles({ company_admin: 'company' }), claims('company_admin'))).toBe('forbidden');
    expect(scopeFor(roles({ shop_staff: 'shops' }), claims('shop_staff'))).toBe('forbidden');
  });

  it('is for guests where it says so, who see what is public', () => {
    const access = rolesAndGuests({ customer: 'own' });
    expect(codeOf(() => authorise({ access, method: 'GET', path: '/x' }, nobody))).toEqual({ kind: 'public' });
    expect(scopeFor(access, claims('customer'))).toEqual({ kind: 'own', userId: 'u1' });
    expect(scopeFor(access, claims('shop_staff', 'c1'))).toBe('forbidden');
    expect(scopeFor(anybody, claims('super_admin'))).toEqual({ kind: 'public' });
  });

  it('is one’s own for everyone', () => {
    expect(scopeFor(everyone, claims('super_admin'))).toEqual({ kind: 'own', userId: 'u1' });
  });

  it('is for a key what its scopes name, and nothing of its own', () => {
    const key = { ...claims('company_admin', 'c1'), scopes: ['x:read'] };
    const access = roles({ company_admin: 'company' });
    expect(scopeFor(access, key)).toEqual({ kind: 'company', companyId: 'c1' });
    expect(scopeFor(access, key, 'PATCH')).toBe('forbidden');
    expect(scopeFor(access, { ...key, scopes: [] })).toBe('forbidden');
    expect(scopeFor(everyone, key)).toBe('forbidden');
  });

  it('is for the people of a shop what their company does not withhold', () => {
    const clerk = { ...claims('shop_staff', 'c1'), withheld: ['x:write'] };
    const access = roles({ shop_staff: 'shops' });
    expect(scopeFor(access, clerk)).toMatchObject({ kind: 'shops' });
    expect(scopeFor(access, clerk, 'POST')).toBe('forbidden');
  });
});

describe('the company a request is about', () => {
  const company = { scope: { kind: 'company', companyId: 'c1' } } as const;
  const shops = { scope: { kind: 'shops', companyId: 'c1', shopIds: [] } } as const;
  const platform = { scope: { kind: 'system', reason: 'a super admin asks' } } as const;

  it.each([
    { by: company, named: undefined, found: 'c1' },
    { by: shops, named: undefined, found: 'c1' },
    { by: company, named: 'c1', found: 'c1' },
    { by: company, named: 'c2', found: 'not_found' },
    { by: shops, named: 'c2', found: 'not_found' },
    { by: platform, named: 'c2', found: 'c2' },
    { by: platform, named: undefined, found: 'invalid_request' },
  ])('is $found for $by.scope.kind that names $named', ({ by, named, found }) => {
    expect(codeOf(() => companyNamed(by, named))).toBe(found);
  });

  it('may be none where it need not be one', () => {
    expect(companyAsked(platform, undefined)).toBeUndefined();
  });
});
