import { categoryCreated, categoryUpdated } from '@souk/contracts';
import type { Context, Tx } from '@souk/service-kit';
import { conflict, invalid, matchVersion, newId, notFound, ofCompany, system } from '@souk/service-kit';
import { getTradingCompany } from '../company/company.actions.ts';
import { categoryCycle, categoryInUse, slugTaken } from '../errors.ts';
import { slugOf } from '../product/product.rules.ts';
import { products } from '../product/product.store.ts';
import { companyOf } from '../tenant.ts';
import { tellCategory, tellCategoryDeleted } from './category.facts.ts';
import type { Category } from './category.store.ts';
import { categories } from './category.store.ts';
import type { CategoryInput, CategoryReplacement } from './category.views.ts';

/** Adds a category to a company's tree. Throws 409 when its slug is taken, 422 when its parent is not the company's. */
export async function addCategory(input: CategoryInput, ctx: Context): Promise<Category> {
  const companyId = await companyOf(ctx, input.companyId);
  await getTradingCompany(companyId, ctx);
  const _id = newId();
  const now = ctx.now();
  return ctx.transaction(async (unscoped) => {
    const tx = unscoped.as(ofCompany(companyId));
    const slug = input.slug ?? (slugOf(input.name) || _id);
    await refuseTakenSlug({ slug, _id }, tx);
    const ancestorIds = await touchAncestors(input.parentId, tx);
    const category: Category = {
      _id,
      companyId,
      version: 1,
      name: input.name,
      slug,
      parentId: input.parentId,
      ancestorIds,
      createdAt: now,
      updatedAt: now,
    };
    await tx.in(categories).insertOne(category);
    tellCategory(tx, categoryCreated, { before: null, after: category });
    return category;
  });
}

/** Renames or moves a category, with everything below it. Throws 409 when it would be inside itself. */
export async function changeCategory(id: string, input: CategoryReplacement, ctx: Context): Promise<Category> {
  const seen = await ctx.in(categories).findOne({ _id: id });
  if (!seen) throw notFound();
  matchVersion(ctx, seen.version);
  await getTradingCompany(seen.companyId, ctx);
  const now = ctx.now();
  return ctx.transaction(async (unscoped) => {
    const tx = unscoped.as(ofCompany(seen.companyId));
    const parentId = input.parentId ?? undefined;
    const ancestorIds = await touchAncestors(parentId, tx);
    if (parentId === id || ancestorIds.includes(id)) throw categoryCycle();
    const after: Category = {
      ...seen,
      name: input.name,
      slug: input.slug ?? seen.slug,
      parentId,
      ancestorIds,
      version: seen.version + 1,
      updatedAt: now,
    };
    await refuseTakenSlug(after, tx);
    const { name, slug } = after;
    const updated = await tx.in(categories).updateOne(
      { _id: id, version: seen.version },
      {
        $set: { name, slug, ancestorIds, updatedAt: now, ...(parentId && { parentId }) },
        ...(!parentId && { $unset: { parentId: '' } }),
        $inc: { version: 1 },
      },
    );
    if (updated.matched === 0) throw conflict();
    if (seen.ancestorIds.join() !== ancestorIds.join()) await moveBelow(id, ancestorIds, tx);
    tellCategory(tx, categoryUpdated, { before: seen, after });
    return after;
  });
}

/** Everything below a category hangs where the category hangs now. */
async function moveBelow(id: string, ancestorIds: readonly string[], tx: Tx): Promise<void> {
  const below = await tx.in(categories).find({ ancestorIds: id }, { fields: ['ancestorIds'] });
  await tx.in(categories).bulkWrite(
    below.map((category) => {
      const tail = category.ancestorIds.slice(category.ancestorIds.indexOf(id));
      return {
        updateOne: {
          filter: { _id: category._id },
          update: { $set: { ancestorIds: [...ancestorIds, ...tail] }, $inc: { version: 1 } },
        },
      };
    }),
  );
}

/** Removes a category that is empty. Throws 409 when it is not. */
export async function removeCategory(id: string, ctx: Context): Promise<void> {
  const category = await ctx.in(categories).findOne({ _id: id });
  if (!category) throw notFound();
  matchVersion(ctx, category.version);
  await getTradingCompany(category.companyId, ctx);
  const now = ctx.now();
  await ctx.transaction(async (unscoped) => {
    const tx = unscoped.as(ofCompany(category.companyId));
    const isUsed =
      (await tx.in(categories).count({ parentId: id }, 1)) > 0 || (await tx.in(products).count({ categoryIds: id }, 1)) > 0;
    if (isUsed) throw categoryInUse();
    if ((await tx.in(categories).deleteOne({ _id: id, version: category.version })) === 0) throw conflict();
    tellCategoryDeleted(tx, category, now);
  });
}

/** A category with all that is below it: what a filter by it means. */
export async function branchOf(categoryId: string, ctx: Context): Promise<string[]> {
  const below = await ctx
    .as(system('a branch of the public tree'))
    .in(categories)
    .find({ ancestorIds: categoryId }, { fields: ['_id'] });
  return [categoryId, ...below.map(({ _id }) => _id)];
}

/** Throws 422 unless all of these are categories of the company. */
export async function requireCategories(categoryIds: readonly string[], companyId: string, ctx: Context): Promise<void> {
  if (categoryIds.length === 0) return;
  const found = await ctx
    .as(ofCompany(companyId))
    .in(categories)
    .count({ _id: { $in: [...categoryIds] } });
  if (found < categoryIds.length) throw unknownCategory('body.categoryIds');
}

/**
 * The ancestors of what is to hang below a parent. Each is written, so that a change that moves or removes one of them at the same
 * time is refused by the database and looks again. Throws 422 for a parent that is not there.
 */
async function touchAncestors(parentId: string | undefined, tx: Tx): Promise<string[]> {
  if (parentId === undefined) return [];
  const parent = await tx.in(categories).findOne({ _id: parentId });
  if (!parent) throw unknownCategory('body.parentId');
  const ancestorIds = [...parent.ancestorIds, parentId];
  await tx.in(categories).updateMany({ _id: { $in: ancestorIds } }, { $inc: { touched: 1 } });
  return ancestorIds;
}

async function refuseTakenSlug({ slug, _id }: { slug: string; _id: string }, tx: Tx): Promise<void> {
  const other = await tx.in(categories).findOne({ slug, _id: { $ne: _id } }, { fields: ['_id'] });
  if (other) throw slugTaken();
}

const unknownCategory = (path: string) =>
  invalid('There is no such category', { errors: [{ path, code: 'unknown_category', message: 'no category of the company' }] });
