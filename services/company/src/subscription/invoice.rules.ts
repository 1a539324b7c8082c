import type { Period } from './proration.rules.ts';

export const LINE_KINDS = ['period', 'proration_charge', 'proration_credit', 'credit_used', 'credit_kept'] as const;

/** One line of a bill in minor units; what lowers it is negative. */
export interface Line {
  kind: (typeof LINE_KINDS)[number];
  amount: number;
  planId?: string | undefined;
  periodStart?: Date | undefined;
  periodEnd?: Date | undefined;
}

export const INVOICE_STATUSES = ['open', 'overdue', 'paid', 'void'] as const;

/** What a company was billed for: its lines sum to `total`, which is never negative. */
export interface Invoice {
  _id: string;
  companyId: string;
  /** `S-2026-000001`: one series for each year of the platform, without gaps. */
  number: string;
  currency: string;
  lines: Line[];
  total: number;
  status: (typeof INVOICE_STATUSES)[number];
  issuedAt: Date;
  dueAt: Date;
  settledAt?: Date | undefined;
  /** What the company owes for it, once the debt service has said so. */
  debtId?: string | undefined;
}

export interface Bill {
  lines: Line[];
  total: number;
  /** What is in the company's favour after it. */
  credit: number;
}

const sum = (lines: readonly Line[]): number => lines.reduce((total, { amount }) => total + amount, 0);

/** A bill of `lines`: what is in the company's favour pays of it, and what comes out below nothing is kept in its favour. */
export function billOf(lines: readonly Line[], credit: number): Bill {
  const net = sum(lines);
  const used = Math.max(Math.min(net, credit), 0);
  const kept = Math.max(0 - net, 0);
  const settled: Line[] = [
    ...lines,
    ...(used > 0 ? [{ kind: 'credit_used' as const, amount: 0 - used }] : []),
    ...(kept > 0 ? [{ kind: 'credit_kept' as const, amount: kept }] : []),
  ];
  return { lines: settled, total: sum(settled), credit: credit - used + kept };
}

export const line = (kind: Line['kind'], planId: string, { amount, period }: { amount: number; period: Period }): Line => ({
  ...{ kind, amount, planId },
  ...{ periodStart: period.start, periodEnd: period.end },
});

export const invoiceNumber = (year: number, count: number): string => `S-${year}-${String(count).padStart(6, '0')}`;
