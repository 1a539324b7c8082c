import type { Context } from '@souk/service-kit';
import { defineStore, system } from '@souk/service-kit';
import { Schema } from 'mongoose';

/** What a product is called, as the catalogue told last. */
export interface KnownProduct {
  _id: string;
  companyId: string;
  name: string;
  sequence: number;
}

const text = { type: String, required: true };

export const knownProducts = defineStore<KnownProduct>({
  name: 'products',
  schema: new Schema<KnownProduct>({
    _id: String,
    companyId: text,
    name: text,
    sequence: { type: Number, required: true },
  }).index({
    companyId: 1,
  }),
  scope: { company: 'companyId' },
});

/** Names by product id. Only products whose sales the caller may see are asked for. */
export async function namesOf(ctx: Context, productIds: readonly string[]): Promise<Map<string, string>> {
  const found = await ctx
    .as(system('names of products in a report'))
    .in(knownProducts)
    .find({ _id: { $in: productIds } });
  return new Map(found.map(({ _id, name }) => [_id, name]));
}
