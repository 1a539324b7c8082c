import {
  categoryCreated,
  categoryDeleted,
  categoryUpdated,
  productCreated,
  productDeleted,
  productPriceChanged,
  productUpdated,
} from '@souk/contracts';
import { onEveryReplica } from '@souk/service-kit';
import { catalogueMemory } from './catalogue.memory.ts';

const products = [productCreated, productUpdated, productDeleted, productPriceChanged].map((contract) =>
  onEveryReplica<{ companyId: string; productId: string }>(contract, async ({ data: { companyId, productId } }, ctx) =>
    catalogueMemory.of(ctx).evict({ companyId, productId }),
  ),
);
const categories = [categoryCreated, categoryUpdated, categoryDeleted].map((contract) =>
  onEveryReplica<{ companyId: string }>(contract, async ({ data: { companyId } }, ctx) =>
    catalogueMemory.of(ctx).evict({ companyId }),
  ),
);

/** Hints by which a change is seen sooner than after the second that it may take. */
export const catalogueSubscriptions = [...products, ...categories];
