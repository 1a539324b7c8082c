import type { Role } from '@souk/contracts';
import type { Endpoint } from '@souk/service-kit';
import { loadServices } from '../../scripts/docs/services.ts';

/**
 * Who may create, read, update and delete what, written by hand: the declarations are held to it, so that a right given away in passing
 * is seen. What is a person's own (session, profile, cart) is everybody's and stands here for customers only.
 */
const ROLES = ['super_admin', 'company_admin', 'shop_manager', 'shop_staff', 'customer'] as const satisfies readonly Role[];
const RIGHTS: Record<
  string,
  readonly [superAdmin: string, companyAdmin: string, manager: string, staff: string, customer: string]
> = {
  '/auth': ['', '', '', '', 'RU'],
  '/auth/keys': ['RUD', '', '', '', ''],
  '/auth/api-keys': ['CRD', 'CRD', '', '', ''],
  '/users': ['CRUD', 'CRUD', 'R', '', ''],
  '/users/:id/erase': ['U', '', '', '', 'U'],
  '/users/:id/export': ['R', '', '', '', 'R'],
  '/companies': ['CRUD', 'RU', '', '', ''],
  '/companies/:id/suspend': ['U', '', '', '', ''],
  '/companies/:id/resume': ['U', '', '', '', ''],
  '/plans': ['CU', '', '', '', ''],
  '/features': ['C', '', '', '', ''],
  '/shops': ['CRUD', 'CRUD', 'R', 'R', 'R'],
  '/shops/:id/performance': ['R', 'R', 'R', 'R', ''],
  '/products': ['CRUD', 'CRUD', 'CRUD', 'RU', 'R'],
  '/categories': ['CUD', 'CUD', 'CUD', 'U', ''],
  '/promotions': ['CRUD', 'CRUD', 'R', 'R', ''],
  '/quotes': ['C', 'C', 'C', 'C', 'C'],
  '/cart': ['', '', '', '', 'RUD'],
  '/checkout': ['', '', '', '', 'C'],
  '/orders': ['R', 'CRU', 'CRU', 'CRU', 'CRU'],
  '/orders/import': ['', 'C', '', '', ''],
  '/orders/:id/ship': ['', 'U', 'U', 'U', ''],
  '/orders/:id/deliver': ['', 'U', 'U', 'U', ''],
  '/orders/:id/complete': ['', 'U', 'U', 'U', ''],
  '/orders/:id/status': ['', 'U', 'U', 'U', ''],
  '/customers': ['R', 'RUD', 'R', 'R', 'R'],
  '/payments': ['R', 'RU', 'RU', 'RU', 'RU'],
  '/payments/:id/refund': ['', 'U', 'U', '', ''],
  '/payments/ledger': ['R', 'R', '', '', ''],
  '/warehouses': ['R', 'CRUD', 'RU', 'R', ''],
  '/inventory': ['R', 'CRU', 'RU', 'R', ''],
  '/notifications': ['R', 'R', '', '', 'RU'],
  '/audit': ['RU', 'RU', '', '', ''],
  '/audit/dead-letters': ['RU', '', '', '', ''],
  '/analytics': ['R', 'R', 'R', 'R', ''],
  '/analytics/rebuild': ['CR', '', '', '', ''],
  '/debts': ['CRU', 'CRU', '', '', 'R'],
  '/debts/limits': ['R', 'RU', '', '', 'R'],
};

/** The row with the longest beginning of a path. */
const rowOf = (path: string): string | undefined =>
  Object.keys(RIGHTS)
    .filter((start) => path === start || path.startsWith(`${start}/`))
    .sort((a, b) => b.length - a.length)[0];

/** What a method does to the things of a row; whatever is made or removed below one of them changes it. */
function verbOf({ method, path }: Endpoint, row: string): string {
  const below = path.slice(row.length).split('/').length - 1;
  if (method === 'GET') return 'R';
  if (method === 'POST' && below === 0 && !row.includes(':')) return 'C';
  return method === 'DELETE' && below <= 1 ? 'D' : 'U';
}

/** Rights as `customer R /orders`, from the declarations. */
function declaredIn(endpoints: readonly Endpoint[]): { right: string; by: string }[] {
  return endpoints.flatMap((endpoint) => {
    const { access, method, path } = endpoint;
    if (access.kind !== 'roles') return [];
    const row = rowOf(path) ?? `no row: ${path}`;
    const roles = ROLES.filter((role) =>
      role === 'customer' ? access.reach[role] : access.reach[role] && access.reach[role] !== 'own',
    );
    return roles.map((role) => ({ right: `${role} ${verbOf(endpoint, row)} ${row}`, by: `${method} ${path}` }));
  });
}

const written = Object.entries(RIGHTS).flatMap(([row, verbs]) =>
  ROLES.flatMap((role, index) => [...(verbs[index] ?? '')].map((verb) => `${role} ${verb} ${row}`)),
);

describe('the rights of roles', () => {
  let declared: { right: string; by: string }[];
  beforeAll(async () => {
    declared = declaredIn((await loadServices()).flatMap(({ endpoints }) => endpoints));
  }, 60_000);

  it('are none that are not written here', () => {
    expect(declared.filter(({ right }) => !written.includes(right))).toEqual([]);
  });

  it('are all that are written here', () => {
    const given = new Set(declared.map(({ right }) => right));
    expect(written.filter((right) => !given.has(right))).toEqual([]);
  });
});
