import { currency, holdCredit, id, minorUnits } from '@souk/contracts';
import { endpoint, forbidden, implement, pageOf, pageQuery, roles, services } from '@souk/service-kit';
import { z } from 'zod';
import { currencyNeeded } from '../errors.ts';
import { holdForOrder, setLimit } from './credit.actions.ts';
import type { CreditLine } from './credit.rules.ts';
import { availableCredit } from './credit.rules.ts';
import { creditLines } from './credit.store.ts';

const params = z.object({ debtorId: id });
const amount = minorUnits.nonnegative();

/** Amounts are minor units of `currency`. */
const lineView = z.object({
  companyId: id,
  debtorId: id,
  currency,
  limit: amount,
  held: amount,
  owed: amount,
  /** In the customer's favour: the next debt is paid with it. */
  credit: amount,
  available: amount,
});

function viewLine(line: CreditLine): z.infer<typeof lineView> {
  const { companyId, customerId: debtorId, currency, limit, held, owed, credit = 0 } = line;
  return { companyId, debtorId, currency, limit, held, owed, credit, available: availableCredit(line) };
}

export const creditRoutes = [
  endpoint({
    method: 'PUT',
    path: '/debts/limits/:debtorId',
    summary: 'Sets how much a customer may owe the company, in its currency unless another is named; 0 ends buying on account.',
    access: roles({ company_admin: 'company' }),
    params,
    body: z.strictObject({ limit: amount, currency: currency.optional() }),
    output: lineView,
    errors: [currencyNeeded],
    run: async ({ params: { debtorId: customerId }, body }, ctx) => {
      if (ctx.scope.kind !== 'company') throw forbidden();
      return viewLine(await setLimit(ctx, { companyId: ctx.scope.companyId, customerId }, body));
    },
  }),
  endpoint({
    method: 'GET',
    path: '/debts/limits/:debtorId',
    summary: "Lists a customer's credit lines, one for each company and currency, with what is left of each.",
    access: roles({ super_admin: 'all', company_admin: 'company', customer: 'own' }),
    params,
    query: z.strictObject(pageQuery),
    output: pageOf(lineView),
    run: async ({ params, query }, ctx) => {
      const page = await ctx.in(creditLines).page({ customerId: params.debtorId }, { _id: 1 }, query);
      return { ...page, data: page.data.map(viewLine) };
    },
  }),
  implement(holdCredit, services('sales'), async ({ body }, ctx) => {
    const verdict = await holdForOrder(ctx, body);
    return verdict.outcome === 'held' ? { outcome: 'held', holdId: body.orderId } : verdict;
  }),
];
