import { z } from 'zod';
import { defineEvent } from '../event.ts';
import { id } from '../ids.ts';
import { ids, moments } from './examples.ts';
import { at } from './shapes.ts';

const producer = 'ecommerce';

/** A branch of a company's tree; one without a parent is a root. */
const category = z.object({
  categoryId: id,
  companyId: id,
  slug: z.string().min(1),
  parentId: id.optional(),
  at,
});
const mugs: z.infer<typeof category> = {
  categoryId: ids.category,
  companyId: ids.company,
  slug: 'mugs',
  at: moments.placed,
};

export const categoryCreated = defineEvent({
  type: 'category.created',
  producer,
  when: "A category was added to a company's tree.",
  schema: category,
  example: mugs,
});

export const categoryUpdated = defineEvent({
  type: 'category.updated',
  producer,
  when: 'A category was renamed or moved, and with it all that is below; it carries the category as it is now.',
  schema: category,
  example: { ...mugs, slug: 'mugs-and-cups' },
});

export const categoryDeleted = defineEvent({
  type: 'category.deleted',
  producer,
  when: 'A category that held neither products nor categories was deleted.',
  schema: z.object({ categoryId: id, companyId: id, at }),
  example: { categoryId: ids.category, companyId: ids.company, at: moments.placed },
});
