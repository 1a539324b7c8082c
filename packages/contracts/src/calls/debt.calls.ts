import { z } from 'zod';
import { defineCall } from '../call.ts';
import { amount, revision } from '../events/shapes.ts';
import { id } from '../ids.ts';
import { currency } from '../money.ts';

/** Takes an `account` order's total off the buyer's credit line before the order is made. The same order again gets the same answer. */
export const holdCredit = defineCall({
  service: 'debt',
  method: 'POST',
  path: '/debts/holds',
  summary: "Holds an amount of a customer's credit with a company.",
  body: z.object({ orderId: id, revision, companyId: id, customerId: id, amount, currency }),
  output: z.discriminatedUnion('outcome', [
    z.object({ outcome: z.literal('held'), holdId: id }),
    z.object({ outcome: z.literal('refused'), reason: z.enum(['no_limit', 'limit_exceeded', 'overdue']) }),
  ]),
});
