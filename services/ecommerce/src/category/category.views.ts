import { id, instant } from '@souk/contracts';
import { z } from 'zod';
import { slug } from '../product/product.views.ts';
import type { Category } from './category.store.ts';

const name = z.string().trim().min(1).max(120);

export const categoryInput = z.strictObject({ name, slug: slug.optional(), parentId: id.optional(), companyId: id.optional() });
export type CategoryInput = z.infer<typeof categoryInput>;

/** All of a category: without a parent it is a root. */
export const categoryReplacement = z.strictObject({ name, slug: slug.optional(), parentId: id.nullish() });
export type CategoryReplacement = z.infer<typeof categoryReplacement>;

export const categoryView = z.object({
  id,
  companyId: id,
  name: z.string(),
  slug: z.string(),
  parentId: id.optional(),
  /** From the root down. */
  ancestorIds: z.array(id),
  version: z.int(),
  createdAt: instant,
  updatedAt: instant,
});

export function viewCategory(category: Category): z.infer<typeof categoryView> {
  const { _id, touched: _touched, createdAt, updatedAt, ...rest } = category;
  return { ...rest, id: _id, createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString() };
}
