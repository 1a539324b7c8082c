import { id } from '@souk/contracts';
import { endpoint, pageOf, pageQuery, roles } from '@souk/service-kit';
import { z } from 'zod';
import { listBalances, sumsOf } from './ledger.actions.ts';
import { ledger } from './ledger.store.ts';

const access = roles({ super_admin: 'all', company_admin: 'company' });

const entryView = z.object({
  entryId: z.string(),
  companyId: z.string(),
  paymentId: z.string(),
  currency: z.string(),
  at: z.iso.datetime(),
  cause: z.enum(['capture', 'refund']),
  lines: z.array(z.object({ account: z.string(), amount: z.int() })),
});
const balanceView = z.object({ companyId: z.string(), currency: z.string(), account: z.string(), amount: z.int() });
const sumView = z.object({ companyId: z.string(), currency: z.string(), sum: z.int() });

export const ledgerEndpoints = [
  endpoint({
    method: 'GET',
    path: '/payments/ledger',
    summary: 'Entries of the ledger, the newest first; the lines of each sum to zero.',
    access,
    query: z.strictObject({ ...pageQuery, paymentId: id.optional() }),
    output: pageOf(entryView),
    run: async ({ query }, ctx) => {
      const filter = query.paymentId === undefined ? {} : { paymentId: query.paymentId };
      const { data, nextCursor } = await ctx.in(ledger).page(filter, { at: -1, _id: -1 }, query);
      return { data: data.map(({ _id, at, ...entry }) => ({ ...entry, entryId: _id, at: at.toISOString() })), nextCursor };
    },
  }),
  endpoint({
    method: 'GET',
    path: '/payments/ledger/balances',
    summary: 'What each account holds, and the sum over all of them per company and currency, which must be zero.',
    access,
    output: z.object({ balanced: z.boolean(), sums: z.array(sumView), accounts: z.array(balanceView) }),
    run: async (_, ctx) => {
      const accounts = await listBalances(ctx);
      const sums = sumsOf(accounts);
      return { balanced: sums.every(({ sum }) => sum === 0), sums, accounts };
    },
  }),
];
