import type { Context } from './context.ts';
import { system } from './mongo/scope.ts';
import type { Store } from './mongo/store.ts';

/**
 * Keeps another service's aggregate as it is newest, without what it no longer has, in whatever sequence its facts arrive:
 * `document.sequence` is the event's. True when this was news.
 */
export function keepNewest<Doc extends { _id: string; sequence: number }>(
  ctx: Context,
  store: Store<Doc>,
  document: Doc,
): Promise<boolean> {
  return ctx.as(system(`projection ${store.name}`)).transaction(async (tx) => {
    const known = await tx.in(store).findOne({ _id: document._id });
    if (known && known.sequence >= document.sequence) return false;
    const { _id, ...fields } = document;
    const told = new Map(Object.entries(document));
    const gone = Object.keys(known ?? {}).filter((field) => told.get(field) === undefined);
    const $unset = Object.fromEntries(gone.map((field) => [field, '']));
    if (known) await tx.in(store).updateOne({ _id }, { $set: fields, ...(gone.length > 0 && { $unset }) });
    else await tx.in(store).insertOne(document);
    return true;
  });
}
