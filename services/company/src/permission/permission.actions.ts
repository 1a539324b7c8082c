import { companyPermissionsChanged } from '@souk/contracts';
import type { Context } from '@souk/service-kit';
import { changesBetween, matchVersion } from '@souk/service-kit';
import { about, getCompany, saveCompany } from '../company/company.actions.ts';
import type { Company, Withheld } from '../company/company.store.ts';

export const withheldBy = ({ withheld }: Company): Withheld => ({
  shop_manager: withheld?.shop_manager ?? [],
  shop_staff: withheld?.shop_staff ?? [],
});

/** Sets what a company keeps from the people of its shops; their tokens of before are void within seconds. Throws 404, 409 and 412. */
export function setPermissions(ctx: Context, id: string, withheld: Withheld): Promise<Company> {
  return ctx.transaction(async (tx) => {
    const before = await getCompany(tx, id);
    matchVersion(ctx, before.version);
    const changes = changesBetween(withheldBy(before), withheld);
    if (changes.length === 0) return before;
    const at = ctx.now();
    const after = await saveCompany(tx, before, { withheld, updatedAt: at });
    const data = { companyId: id, withheld, at: at.toISOString() };
    tx.publish(companyPermissionsChanged, { ...about(after), data, changes });
    return after;
  });
}
