import type { Database } from '@souk/service-kit';
import type { TestService } from '@souk/testing';
import { eventually } from '@souk/testing';
import type { ReadDatabase } from '../src/search/search.entries.ts';
import { productSearch } from '../src/search/search.live.ts';
import { openCompany, sell, startEcommerce } from './catalogue.ts';

let ecommerce: TestService;
beforeAll(async () => {
  ecommerce = await startEcommerce();
});
afterAll(() => ecommerce.stop());

/** A database whose catalogue is read only once `opened`. */
function behind(database: Pick<Database, 'in'>, opened: Promise<void>): ReadDatabase {
  return {
    in(store, scope) {
      const found = database.in(store, scope);
      return {
        ...found,
        async *stream(filter, options) {
          await opened;
          yield* found.stream(filter, options);
        },
      };
    },
  };
}

it('an index that is still being built holds up no write, and takes it once it is', async () => {
  const product = await sell(ecommerce, await openCompany(ecommerce), { name: 'Quern' });
  const { promise: opened, resolve: open } = Promise.withResolvers<void>();
  const { running } = ecommerce;
  const runtime = {
    ...running.runtime,
    environment: running.runtime.environment,
    database: behind(running.runtime.database, opened),
  };
  const search = await productSearch.start(runtime);
  try {
    let isDone = false;
    void search.refresh([product.id]).then(() => {
      isDone = true;
    });
    await eventually(() => expect(isDone).toBe(true), { withinMs: 2_000 });
    open();
    const reach = { statuses: ['active'] } as const;
    expect(await search.suggest({ text: 'quern', limit: 1, reach })).toMatchObject([{ productId: product.id }]);
  } finally {
    open();
    await productSearch.stop?.(search);
  }
});
