import { defineConfig, defineService } from '@souk/service-kit';
import type { TestService } from '@souk/testing';
import { startTestService } from '@souk/testing';
import type { Gone } from '../src/index.ts';
import { offboarding } from '../src/index.ts';
import { goods, labels, ledger, people, settings } from './shopkeeping.store.ts';

/** What the service of these tests was asked to do, and what it fails at. */
export interface Diary {
  closed: Gone[];
  left: string[];
  failsAt: 'closing' | 'people' | 'nothing';
}

const fail = (diary: Diary, at: Diary['failsAt']): void => {
  if (diary.failsAt === at) throw new Error('the database is away');
};

/** A service with stores of each kind that there is. */
export function startShopkeeping(diary: Diary): Promise<TestService> {
  const service = defineService({
    name: 'sales',
    purpose: 'Keeps things of companies, to try their offboarding.',
    port: 8005,
    config: defineConfig({}),
    endpoints: [],
    ...offboarding({
      stores: [settings, goods, ledger, labels, people],
      keeps: [{ store: ledger, because: 'books are kept', unless: { moved: 0 } }],
      also: [
        { store: labels, where: (companyId) => ({ companyId }) },
        {
          store: people,
          async remove(ctx, companyId) {
            fail(diary, 'people');
            const somebody = await ctx.in(people).findOne({ companyId }, { sort: { _id: 1 } });
            if (!somebody) return 0;
            diary.left.push(somebody._id);
            return ctx.transaction((tx) => tx.in(people).deleteOne({ _id: somebody._id }));
          },
        },
      ],
      async close(ctx, gone) {
        fail(diary, 'closing');
        diary.closed.push(gone);
        await ctx.transaction((tx) => tx.in(goods).updateMany({ moved: { $lt: 0 } }, { $set: { moved: 0 } }));
      },
    }),
  });
  return startTestService(service, { env: { LOG_LEVEL: 'fatal' } });
}
