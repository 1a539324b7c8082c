import type { EventData, orderCancelled, orderConfirmed, paymentRefunded } from '@souk/contracts';
import type { Context } from '@souk/service-kit';
import type { Page } from '../book/book.ts';
import { enter } from '../book/book.ts';
import { timezoneOf } from '../company/company.actions.ts';
import { config } from '../config.ts';
import { newDebt } from '../debt/debt.actions.ts';
import { bookPayment, cancelDebt, enterDebt, keepCredit, shiftLine } from '../debt/debt.entries.ts';
import type { Debt } from '../debt/debt.rules.ts';
import { remainingOf } from '../debt/debt.rules.ts';
import type { Hold } from './credit.rules.ts';
import { heldBy, newHold } from './credit.rules.ts';

const DAY_MS = 24 * 3600 * 1000;

interface OrderOnAccount {
  orderId: string;
  companyId: string;
  customerId: string;
  currency: string;
}

const needsOf = (order: OrderOnAccount) => ({ lines: [order], orderIds: [order.orderId] });
const holdOf = (page: Page, order: OrderOnAccount, now: Date): Hold =>
  page.holds.get(order.orderId) ?? newHold(order.orderId, order, now);
const debtOf = (page: Page, orderId: string): Debt | undefined => [...page.debts.all()].find((debt) => debt.orderId === orderId);

/**
 * An order on account is certain: what was held for it is owed now. An order whose cancel was heard of first leaves the same debt as
 * one cancelled later: written off.
 */
export async function oweForOrder(ctx: Context, data: EventData<typeof orderConfirmed>): Promise<void> {
  const { orderId, companyId, customerId, currency, total } = data;
  // An imported order is history, and paid.
  if (data.paymentMethod !== 'account' || customerId === undefined || data.source === 'import') return;
  const now = ctx.now();
  const order = { orderId, companyId, customerId, currency };
  const dueAt = new Date(Date.parse(data.confirmedAt) + config.of(ctx).DEBT_TERM_DAYS * DAY_MS);
  const parties = { creditorId: companyId, debtorType: 'customer', debtorId: customerId, companyId } as const;
  const fields = { ...parties, type: 'purchase', currency, amount: total, dueAt, orderId } as const;
  const at = { timezone: await timezoneOf(ctx, companyId), now };
  const debt = newDebt(fields, at);
  await enter(ctx, {
    needs: needsOf(order),
    decide(page) {
      if (debtOf(page, orderId)) return;
      const hold = holdOf(page, order, now);
      if (heldBy(hold) > 0) shiftLine(page, order, { held: 0 - heldBy(hold), now });
      const state = hold.isCancelled ? 'released' : 'consumed';
      page.holds.put({ ...hold, state, revision: data.revision, amount: total, waitingCredit: 0, updatedAt: now });
      // An edit left nothing to pay: what an older revision held is free, and there is nothing to owe.
      if (total === 0) return;
      const entered = enterDebt(page, debt, at);
      if (hold.waitingCredit > 0) creditDebt(page, entered, { amount: hold.waitingCredit, now });
      if (hold.isCancelled) cancelDebt(page, page.debts.get(entered._id) ?? entered, now);
    },
  });
}

/** An order on account has ended: what was held is free again, and what was owed is written off. */
export async function releaseOrder(ctx: Context, data: EventData<typeof orderCancelled>): Promise<void> {
  const { orderId, companyId, customerId, currency } = data;
  if (data.paymentMethod !== 'account' || customerId === undefined) return;
  const now = ctx.now();
  const order = { orderId, companyId, customerId, currency };
  await enter(ctx, {
    needs: needsOf(order),
    decide(page) {
      const hold = holdOf(page, order, now);
      if (hold.isCancelled) return;
      if (heldBy(hold) > 0) shiftLine(page, order, { held: 0 - heldBy(hold), now });
      page.holds.put({ ...hold, state: 'released', isCancelled: true, updatedAt: now });
      const debt = debtOf(page, orderId);
      if (debt) cancelDebt(page, debt, now);
    },
  });
}

/** Part of an order on account came back: less is owed. The refund of a cancelled order is its cancel's concern. */
export async function creditOrder(ctx: Context, data: EventData<typeof paymentRefunded>): Promise<void> {
  const { orderId, companyId, customerId, currency, paymentId, refundAmount: amount } = data;
  const isOfCancel = data.reason === 'order_cancelled' || data.reason === 'captured_late';
  if (data.gateway !== 'account' || orderId === undefined || customerId === undefined || isOfCancel) return;
  const now = ctx.now();
  const order = { orderId, companyId, customerId, currency };
  await enter(ctx, {
    needs: needsOf(order),
    decide(page) {
      const debt = debtOf(page, orderId);
      if (debt) return creditDebt(page, debt, { amount, paymentId, now });
      const hold = holdOf(page, order, now);
      page.holds.put({ ...hold, waitingCredit: hold.waitingCredit + amount, updatedAt: now });
    },
  });
}

/** Lowers a debt by goods that came back. What was paid for them already is the customer's to use again. */
function creditDebt(page: Page, debt: Debt, credit: { amount: number; paymentId?: string; now: Date }): void {
  const { paymentId, now } = credit;
  const amount = Math.min(credit.amount, remainingOf(debt));
  if (amount > 0) bookPayment(page, debt, { booking: { kind: 'credit', amount, paymentId }, isOwnMoney: false, now });
  keepCredit(page, page.debts.get(debt._id) ?? debt, { amount: credit.amount - amount, now });
}
