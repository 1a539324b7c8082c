import type { ServiceName } from '@souk/contracts';
import { personalDataOf, userErased } from '@souk/contracts';
import type { Context, Endpoint, Filter, Page, Store, Subscription } from '@souk/service-kit';
import { implement, on, services, system } from '@souk/service-kit';

const PAGE = 100;
const FIRST = '0:';

/** One kind of thing that a service holds of people: how it is read for an export, and what is left of it after an erasure. */
export interface PersonalData {
  /** In the field's terms: `orders`. */
  readonly name: string;
  /** `cursor` is the one of the page before. */
  read(ctx: Context, about: { userId: string; cursor: string | undefined }): Promise<Page<object>>;
  /** Absent where only ids and figures are held, or where the service erases by a subscription of its own. */
  erase?(ctx: Context, userId: string): Promise<unknown>;
}

/** Documents of a store that name a person in the field `by`. */
export function personalIn<Doc extends object>(
  store: Store<Doc>,
  rule: {
    by: string;
    /** Fields that are not for the person: secrets and notes of ours. */
    hidden?: readonly string[];
    /** What is written over the documents that `where` chooses; the documents themselves stay. */
    erase?: { where: Filter; update: Filter };
  },
): PersonalData {
  const { by, hidden = [], erase } = rule;
  const shown = (document: object) => Object.fromEntries(Object.entries(document).filter(([field]) => !hidden.includes(field)));
  return {
    name: store.name,
    async read(ctx, { userId, cursor }) {
      const { data, nextCursor } = await ctx.in(store).page({ [by]: userId }, { _id: 1 }, { limit: PAGE, cursor });
      return { data: data.map(shown), nextCursor };
    },
    ...(erase && {
      erase: (ctx, userId) => ctx.transaction((tx) => tx.in(store).updateMany({ ...erase.where, [by]: userId }, erase.update)),
    }),
  };
}

/** Gives auth, for the archive of a person, what a service holds: the pages of one kind after those of the other. */
export function personalEndpoint(service: ServiceName, kinds: readonly PersonalData[]): Endpoint {
  return implement(personalDataOf(service), services('auth'), async ({ params, query: { cursor = FIRST } }, ctx) => {
    const [index = '', rest = ''] = cursor.split(/:(.*)/s);
    const kind = kinds[Number(index)];
    if (!kind) return { items: [] };
    const { data, nextCursor } = await kind.read(ctx, { userId: params.id, cursor: rest || undefined });
    const items = data.map((document) => ({ of: kind.name, document: { ...document } }));
    if (nextCursor) return { items, next: `${index}:${nextCursor}` };
    return { items, ...(Number(index) + 1 < kinds.length && { next: `${Number(index) + 1}:` }) };
  });
}

/** Erases what a service holds of a person, once auth has said so. */
export function personalSubscription(kinds: readonly PersonalData[]): Subscription {
  return on(userErased, async ({ data: { userId } }, ctx) => {
    const everywhere = ctx.as(system('a person is erased'));
    for (const { erase } of kinds) await erase?.(everywhere, userId);
  });
}
