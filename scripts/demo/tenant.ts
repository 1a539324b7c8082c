import type { Api } from './api.ts';
import type { SignedIn } from './people.ts';
import { hire } from './people.ts';

export interface Tenant {
  companyId: string;
  admin: SignedIn;
  shopIds: string[];
  warehouseIds: string[];
}

export interface TenantPlan {
  slug: string;
  name: string;
  password: string;
  currency: string;
  timezone: string;
  country: string;
  /** Basis points on everything. */
  taxRate: number;
  /** Minor units a parcel costs. */
  shipping: number;
  reservationSeconds?: number;
  shops: string[];
  warehouses: string[];
}

const settingsOf = (plan: TenantPlan) => ({
  currency: plan.currency,
  timezone: plan.timezone,
  taxInclusive: false,
  taxZones: [{ country: plan.country, rates: [{ taxClass: 'standard', rate: plan.taxRate }] }],
  ...(plan.reservationSeconds !== undefined && { reservationSeconds: plan.reservationSeconds }),
});

/**
 * Opens a company with its admin, warehouses and shops; each shop is served by all warehouses in their sequence. Goes on where an earlier
 * run for the same company broke off.
 */
export async function openTenant(api: Api, at: { mailUrl: string; superToken: string }, plan: TenantPlan): Promise<Tenant> {
  const company = await api.makeOrFind('/companies', {
    ...{ token: at.superToken, body: { name: plan.name, slug: plan.slug }, taken: 'company.slug_taken' },
    isIt: ({ slug }) => slug === plan.slug,
  });
  const companyId: string = company.id;
  const shipping = {
    methodId: companyId,
    name: 'Parcel',
    kind: 'delivery',
    rates: [{ minWeightGrams: 0, minTotal: 0, price: plan.shipping }],
  };
  const zone = { zoneId: companyId, name: 'Home', countries: [plan.country], methods: [shipping] };
  await api.insist('PATCH', `/companies/${companyId}/settings`, {
    token: at.superToken,
    body: { ...settingsOf(plan), shippingZones: [zone] },
  });
  const email = `admin@${plan.slug}.example.com`;
  const admin = await hire(api, at.mailUrl, {
    name: `${plan.name} Admin`,
    email,
    password: plan.password,
    role: 'company_admin',
    companyId,
    by: at.superToken,
  });
  const { token } = admin;
  const warehouseIds: string[] = [];
  for (const name of plan.warehouses) {
    const code = name.toUpperCase().replace(/[^A-Z0-9]+/g, '-');
    const body = { name, code, address: { city: name, country: plan.country } };
    const isIt = (one: { code: string }) => one.code === code;
    const warehouse = await api.makeOrFind('/warehouses', { token, body, taken: 'inventory.warehouse_code_taken', isIt });
    warehouseIds.push(warehouse.id);
  }
  const shopIds: string[] = [];
  for (const name of plan.shops) {
    const body = { name, location: { city: name, country: plan.country } };
    // Shops of one name are allowed.
    const known = await api.find('/shops', token, (one) => one.name === name);
    const shop = known ?? (await api.insist('POST', '/shops', { token, body }));
    await api.insist('PUT', `/shops/${shop.id}/warehouses`, { token, body: { warehouseIds } });
    shopIds.push(shop.id);
  }
  return { companyId, admin, shopIds, warehouseIds };
}
