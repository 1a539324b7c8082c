import type { Context } from '@souk/service-kit';
import { system } from '@souk/service-kit';
import { findCompany, findShops } from '../company/company.actions.ts';
import type { Offer, Wanted } from './offer.rules.ts';
import { offerOf } from './offer.rules.ts';
import type { Product } from './product.rules.ts';
import { products } from './product.store.ts';

const anybody = system('what the catalogue offers to whoever asks');

/** What the catalogue offers now for each of these, in their sequence. */
export async function findOffers(wanted: readonly Wanted[], ctx: Context): Promise<Offer[]> {
  const shops = await findShops([...new Set(wanted.map(({ shopId }) => shopId))], ctx);
  const companyIds = [...new Set([...shops.values()].map(({ companyId }) => companyId))];
  const ids = wanted.flatMap(({ productId }) => productId ?? []);
  const skus = wanted.flatMap(({ productId, sku }) => (productId === undefined && sku !== undefined ? [sku] : []));
  const found = [
    ...(await findBy({ _id: { $in: ids } }, ids, ctx)),
    ...(await findBy({ companyId: { $in: companyIds }, 'variants.sku': { $in: skus } }, skus, ctx)),
  ];
  const currencies = await currenciesOf(found, ctx);
  return wanted.map((each) => offerOf(each, { products: found, shops, currencies }));
}

async function findBy(filter: Record<string, unknown>, wanted: readonly string[], ctx: Context): Promise<Product[]> {
  return wanted.length === 0 ? [] : ctx.as(anybody).in(products).find(filter);
}

async function currenciesOf(found: readonly Product[], ctx: Context): Promise<Map<string, string>> {
  const currencies = new Map<string, string>();
  for (const companyId of new Set(found.map((product) => product.companyId))) {
    const { settings, standing } = await findCompany(companyId, ctx);
    if (standing !== 'deleted') currencies.set(companyId, settings.currency);
  }
  return currencies;
}
