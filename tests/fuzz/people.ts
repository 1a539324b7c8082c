import type { Account } from '../../scripts/demo/people.ts';
import { hire, registerCustomer } from '../../scripts/demo/people.ts';
import { openTenant } from '../../scripts/demo/tenant.ts';
import type { Platform } from '../e2e/platform.ts';

const password = 'A-Password-For-Fuzzing-7';

/** An account of each role, in a company that has a shop and a warehouse. */
export async function openAccounts({ api, system: { mailUrl }, superAdmin }: Platform): Promise<Record<string, Account>> {
  const at = { mailUrl, superToken: superAdmin.token };
  const plan = {
    slug: 'fuzzed',
    name: 'Fuzzed',
    password,
    currency: 'EUR',
    timezone: 'Europe/Berlin',
    country: 'DE',
    taxRate: 1_900,
  };
  const { admin, companyId, shopIds } = await openTenant(api, at, {
    ...plan,
    shipping: 490,
    shops: ['Mitte'],
    warehouses: ['Spandau'],
  });
  const [shopId = ''] = shopIds;
  const accounts: Record<string, Account> = { super_admin: superAdmin, company_admin: admin };
  for (const role of ['shop_manager', 'shop_staff']) {
    const email = `${role.replace('_', '-')}@fuzzed.example.com`;
    const colleague = await hire(api, mailUrl, { name: 'Col League', email, password, role, companyId, by: superAdmin.token });
    await api.insist('POST', `/shops/${shopId}/staff`, { token: admin.token, body: { userId: colleague.userId } });
    accounts[role] = { email, password };
  }
  const customer = { name: 'Cus Tomer', email: 'customer@fuzzed.example.com', password };
  accounts.customer = await registerCustomer(api, mailUrl, customer);
  return accounts;
}
