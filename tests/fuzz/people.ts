import type { Account } from '../../scripts/demo/people.ts';
import { hire, registerCustomer } from '../../scripts/demo/people.ts';
import { openTenant } from '../../scripts/demo/tenant.ts';
import type { Platform } from '../e2e/platform.ts';

const password = 'A-Password-For-Fuzzing-7';

/**
 * An account of each role, in a company that has a shop and a warehouse; the mightier a role, the later it comes: what it does by right
 * (to close the company, to switch people off) must not leave the others without an account.
 */
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
  const customer = { name: 'Cus Tomer', email: 'customer@fuzzed.example.com', password };
  const accounts: Record<string, Account> = { customer: await registerCustomer(api, mailUrl, customer) };
  for (const role of ['shop_staff', 'shop_manager']) {
    const email = `${role.replace('_', '-')}@fuzzed.example.com`;
    const colleague = await hire(api, mailUrl, { name: 'Col League', email, password, role, companyId, by: superAdmin.token });
    await api.insist('POST', `/shops/${shopId}/staff`, { token: admin.token, body: { userId: colleague.userId } });
    accounts[role] = { email, password };
  }
  return { ...accounts, company_admin: admin, super_admin: superAdmin };
}
