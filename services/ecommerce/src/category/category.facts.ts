import type { categoryCreated, categoryUpdated } from '@souk/contracts';
import { categoryDeleted } from '@souk/contracts';
import type { Tx } from '@souk/service-kit';
import { changesBetween } from '@souk/service-kit';
import type { Category } from './category.store.ts';

/** Tells of a new or changed category in the transaction that writes it. */
export function tellCategory(
  tx: Tx,
  contract: typeof categoryCreated | typeof categoryUpdated,
  { before, after }: { before: Category | null; after: Category },
): void {
  const { _id: categoryId, companyId, version, slug, parentId, updatedAt } = after;
  const data = { categoryId, companyId, slug, ...(parentId && { parentId }), at: updatedAt.toISOString() };
  tx.publish(contract, { subject: categoryId, version, companyId, data, changes: changesBetween(before, after) });
}

/** Tells of a category that is gone, as the last change of it. */
export function tellCategoryDeleted(tx: Tx, category: Category, now: Date): void {
  const { _id: categoryId, companyId, version, name } = category;
  const data = { categoryId, companyId, at: now.toISOString() };
  tx.publish(categoryDeleted, {
    subject: categoryId,
    version: version + 1,
    companyId,
    data,
    changes: changesBetween({ name }, {}),
  });
}
