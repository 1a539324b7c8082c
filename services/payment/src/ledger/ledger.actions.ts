import type { Context } from '@souk/service-kit';
import { job } from '@souk/service-kit';
import { noteUnbalanced } from './ledger.figures.ts';
import { ledger } from './ledger.store.ts';

export interface Balance {
  companyId: string;
  currency: string;
  account: string;
  amount: number;
}

/** What each account holds, per company and currency, in the caller's scope. */
export async function listBalances(ctx: Pick<Context, 'in'>): Promise<Balance[]> {
  const rows = await ctx.in(ledger).aggregate<{ _id: Omit<Balance, 'amount'>; amount: number }>([
    { $unwind: '$lines' },
    {
      $group: {
        _id: { companyId: '$companyId', currency: '$currency', account: '$lines.account' },
        amount: { $sum: '$lines.amount' },
      },
    },
    { $sort: { _id: 1 } },
  ]);
  return rows.map(({ _id, amount }) => ({ ..._id, amount }));
}

/** The sum over all accounts per company and currency: zero in sound books. */
export function sumsOf(balances: readonly Balance[]): { companyId: string; currency: string; sum: number }[] {
  const sums = new Map<string, { companyId: string; currency: string; sum: number }>();
  for (const { companyId, currency, amount } of balances) {
    const key = `${companyId}/${currency}`;
    sums.set(key, { companyId, currency, sum: (sums.get(key)?.sum ?? 0) + amount });
  }
  return [...sums.values()];
}

const EVERY_MS = 600_000;

/** Says loudly when the books do not balance: never silently put right. */
export const checkLedger = job('check-ledger', EVERY_MS, async (ctx) => {
  const wrong = sumsOf(await listBalances(ctx)).filter(({ sum }) => sum !== 0);
  for (const each of wrong) ctx.log.error(each, 'the ledger does not sum to zero');
  await noteUnbalanced(ctx, wrong.length);
});
