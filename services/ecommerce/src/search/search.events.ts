import { productCreated, productDeleted, productUpdated } from '@souk/contracts';
import { onEveryReplica } from '@souk/service-kit';
import { productSearch } from './search.live.ts';

/** Tells each replica at once of what another one wrote. */
export const searchSubscriptions = [
  onEveryReplica(productCreated, ({ data }, ctx) => productSearch.of(ctx).refresh([data.productId])),
  onEveryReplica(productUpdated, ({ data }, ctx) => productSearch.of(ctx).refresh([data.productId])),
  onEveryReplica(productDeleted, ({ data }, ctx) => productSearch.of(ctx).refresh([data.productId])),
];
