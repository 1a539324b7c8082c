import type { Context } from './context.ts';
import { system } from './mongo/scope.ts';
import type { Store } from './mongo/store.ts';

/**
 * Keeps another service's aggregate as it is newest, in whatever sequence its facts arrive: `document.sequence` is the event's. True
 * when this was news.
 */
export function keepNewest<Doc extends { _id: string; sequence: number }>(
  ctx: Context,
  store: Store<Doc>,
  document: Doc,
): Promise<boolean> {
  return ctx.as(system(`projection ${store.name}`)).transaction(async (tx) => {
    const known = await tx.in(store).findOne({ _id: document._id }, { fields: ['sequence'] });
    if (known && known.sequence >= document.sequence) return false;
    const { _id, ...fields } = document;
    if (known) await tx.in(store).updateOne({ _id }, { $set: fields });
    else await tx.in(store).insertOne(document);
    return true;
  });
}
