import type { Role } from '@souk/contracts';
import type { Context } from '@souk/service-kit';
import { defineStore, system } from '@souk/service-kit';
import { Schema } from 'mongoose';

/** What a company keeps from the people of its shops, as its service last said. */
export interface WithheldPermissions {
  _id: string;
  shop_manager: string[];
  shop_staff: string[];
  sequence: number;
}

export const withheldPermissions = defineStore<WithheldPermissions>({
  name: 'withheld_permissions',
  schema: new Schema<WithheldPermissions>({
    _id: String,
    shop_manager: { type: [String], required: true },
    shop_staff: { type: [String], required: true },
    sequence: { type: Number, required: true },
  }),
  scope: {},
});

/** What the tokens of a user say that their company keeps from them. */
export async function withheldFrom(
  { role, companyId }: { role: Role; companyId?: string | undefined },
  ctx: Context,
): Promise<{ withheld?: string[] }> {
  if (companyId === undefined || (role !== 'shop_manager' && role !== 'shop_staff')) return {};
  const known = await ctx.as(system('what a company keeps from its people')).in(withheldPermissions).findOne({ _id: companyId });
  const withheld = known?.[role] ?? [];
  return withheld.length > 0 ? { withheld } : {};
}
