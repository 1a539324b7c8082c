import type { holdCredit } from '@souk/contracts';
import { debtCreditHeld, debtCreditRefused, debtLimitChanged } from '@souk/contracts';
import type { Context } from '@souk/service-kit';
import { changesBetween } from '@souk/service-kit';
import type { z } from 'zod';
import type { Page } from '../book/book.ts';
import { enter } from '../book/book.ts';
import { currencyOf } from '../company/company.actions.ts';
import { shiftLine } from '../debt/debt.entries.ts';
import { currencyNeeded, orderEnded } from '../errors.ts';
import type { CreditLine, LineKey, Verdict } from './credit.rules.ts';
import { earlierVerdict, heldBy, judge, lineId, newHold, newLine } from './credit.rules.ts';

/** An order's revision whose total is to be bought on account. */
export type Wanted = z.infer<NonNullable<(typeof holdCredit)['body']>>;

/**
 * Sets an order's total aside on its customer's line, or refuses it. The same revision again gets the same answer; a newer one replaces
 * what is held for an older, which stays held when the newer is refused. Throws orderEnded.
 */
export const holdForOrder = (ctx: Context, wanted: Wanted): Promise<Verdict> =>
  enter(ctx, {
    needs: { lines: [wanted], orderIds: [wanted.orderId], overdue: true },
    decide: (page) => decideHold(page, wanted, ctx.now()),
  });

function decideHold(page: Page, wanted: Wanted, now: Date): Verdict {
  const { orderId, revision, amount } = wanted;
  const hold = page.holds.get(orderId) ?? newHold(orderId, wanted, now);
  if (hold.isCancelled) throw orderEnded();
  const earlier = earlierVerdict(hold, revision);
  if (earlier) return earlier;
  if (hold.state === 'consumed') throw orderEnded();
  const freed = heldBy(hold);
  const verdict = judge(page.lines.get(lineId(wanted)), { amount, freed, isOverdue: isOverdue(page, wanted) });
  if (verdict.outcome === 'refused') {
    const { reason } = verdict;
    const { version } = page.holds.put({ ...hold, refusal: { revision, reason }, updatedAt: now });
    page.publish(debtCreditRefused, { ...factOf(wanted, version), data: { ...dataOf(wanted), reason } });
    return verdict;
  }
  shiftLine(page, wanted, { held: amount - freed, now });
  const { version } = page.holds.put({ ...hold, state: 'held', revision, amount, updatedAt: now });
  page.publish(debtCreditHeld, { ...factOf(wanted, version), data: { ...dataOf(wanted), holdId: orderId } });
  return verdict;
}

function isOverdue(page: Page, { companyId, customerId }: LineKey): boolean {
  return [...page.debts.all()].some(
    (debt) => debt.status === 'overdue' && debt.companyId === companyId && debt.debtorId === customerId,
  );
}

const factOf = ({ orderId, companyId }: Wanted, version: number) => ({ subject: orderId, version, companyId });
const dataOf = ({ orderId, revision, companyId, customerId, amount, currency }: Wanted) => ({
  ...{ orderId, revision, companyId, customerId, amount, currency },
});

/**
 * Sets how much a customer may owe the caller's company. What is owed already stays owed; the limit that stands already is no change.
 * Throws currencyNeeded.
 */
export async function setLimit(
  ctx: Context,
  customer: { companyId: string; customerId: string },
  { limit, currency }: { limit: number; currency?: string | undefined },
): Promise<CreditLine> {
  const known = currency ?? (await currencyOf(ctx, customer.companyId));
  if (known === undefined) throw currencyNeeded();
  const key = { ...customer, currency: known };
  return enter(ctx, {
    needs: { lines: [key] },
    decide(page) {
      const now = ctx.now();
      const line = page.lines.get(lineId(key));
      return line?.limit === limit ? line : changeLimit(page, line ?? newLine(key, now), { limit, now });
    },
  });
}

function changeLimit(page: Page, before: CreditLine, { limit, now }: { limit: number; now: Date }): CreditLine {
  const after = page.lines.put({ ...before, limit, updatedAt: now });
  const { _id: subject, version, companyId, customerId, currency } = after;
  const data = { companyId, customerId, currency, limit, previousLimit: before.limit, at: now.toISOString() };
  const changes = changesBetween({ limit: before.limit }, { limit });
  page.publish(debtLimitChanged, { subject, version, companyId, data, changes });
  return after;
}
