import { companyRenewalDue } from '@souk/contracts';
import type { Tx } from '@souk/service-kit';
import { system } from '@souk/service-kit';
import { about } from '../company/company.actions.ts';
import type { Company } from '../company/company.store.ts';
import type { Bill, Invoice } from './invoice.rules.ts';
import { invoiceNumber } from './invoice.rules.ts';
import { invoiceSeries, invoices } from './invoice.store.ts';
import type { Subscription } from './subscription.rules.ts';

interface Billed {
  invoiceId: string;
  bill: Bill;
  subscription: Subscription;
  dueAt: Date;
  now: Date;
}

/** Issues a bill and, where something is to be paid of it, says so. What comes to nothing is issued as paid; of nothing there is no bill. */
export async function issueInvoice(tx: Tx, company: Company, billed: Billed): Promise<void> {
  const { invoiceId, bill, subscription, dueAt, now } = billed;
  if (bill.lines.every(({ amount }) => amount === 0)) return;
  const books = tx.as(system('bills are the books of the platform'));
  const { currency } = subscription;
  const { lines, total } = bill;
  const settled = total === 0 ? { status: 'paid' as const, settledAt: now } : { status: 'open' as const };
  const invoice: Invoice = {
    ...{ _id: invoiceId, companyId: company._id, number: await takeNumber(books, now), currency, lines, total },
    ...{ issuedAt: now, dueAt, ...settled },
  };
  await books.in(invoices).insertOne(invoice);
  if (total > 0) tx.publish(companyRenewalDue, { ...about(company), data: dueOf(invoice, subscription) });
}

async function takeNumber(books: Tx, now: Date): Promise<string> {
  const year = now.getUTCFullYear();
  const series = await books.in(invoiceSeries).findOneAndUpdate({ _id: String(year) }, { $inc: { last: 1 } }, { upsert: true });
  return invoiceNumber(year, series?.last ?? 1);
}

function dueOf({ _id, companyId, total, currency, dueAt }: Invoice, { planId, periodStart, periodEnd }: Subscription) {
  const period = { periodStart: periodStart.toISOString(), periodEnd: periodEnd.toISOString() };
  return { companyId, planId, invoiceId: _id, ...period, amount: total, currency, dueAt: dueAt.toISOString() };
}
