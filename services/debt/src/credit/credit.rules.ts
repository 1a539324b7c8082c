/** What a customer may owe a company in one currency. Amounts are minor units of it. */
export interface CreditLine extends LineKey {
  _id: string;
  limit: number;
  /** Set aside for orders that are not confirmed yet. */
  held: number;
  /** Sum of what remains of the customer's debts. It may exceed a limit that was lowered. */
  owed: number;
  /** What the company owes the customer, and the next debt is paid with; absent while there never was any. */
  credit?: number | undefined;
  version: number;
  createdAt: Date;
  updatedAt: Date;
}

export interface LineKey {
  companyId: string;
  customerId: string;
  currency: string;
}

export const lineId = ({ companyId, customerId, currency }: LineKey): string => `${companyId}:${customerId}:${currency}`;

export const newLine = ({ companyId, customerId, currency }: LineKey, now: Date): CreditLine => ({
  _id: lineId({ companyId, customerId, currency }),
  ...{ companyId, customerId, currency, limit: 0, held: 0, owed: 0, version: 0, createdAt: now, updatedAt: now },
});

export const availableCredit = ({ limit, held, owed }: Pick<CreditLine, 'limit' | 'held' | 'owed'>): number =>
  Math.max(0, limit - held - owed);

export const HOLD_STATES = ['none', 'held', 'consumed', 'released'] as const;
export type RefusalReason = 'no_limit' | 'limit_exceeded' | 'overdue';

/** What is known of an order's credit; its id is the order's. Kept also for orders whose end was heard of first. */
export interface Hold extends LineKey {
  _id: string;
  /** `consumed` once it has become a debt. */
  state: (typeof HOLD_STATES)[number];
  /** The revision that `amount` is held for; 0 while none is. */
  revision: number;
  amount: number;
  /** The newest revision that was refused. */
  refusal?: { revision: number; reason: RefusalReason } | undefined;
  isCancelled: boolean;
  /** Credits that arrived before the debt they lower. */
  waitingCredit: number;
  version: number;
  createdAt: Date;
  updatedAt: Date;
}

export const newHold = (orderId: string, { companyId, customerId, currency }: LineKey, now: Date): Hold => ({
  _id: orderId,
  ...{ companyId, customerId, currency, state: 'none', revision: 0, amount: 0, isCancelled: false, waitingCredit: 0 },
  ...{ version: 0, createdAt: now, updatedAt: now },
});

/** What a hold sets aside on its line now. */
export const heldBy = (hold: Hold): number => (hold.state === 'held' ? hold.amount : 0);

export type Verdict = { outcome: 'held' } | { outcome: 'refused'; reason: RefusalReason };

/** The answer that a revision got before; undefined when it has not been asked about. */
export function earlierVerdict(hold: Hold, revision: number): Verdict | undefined {
  if (revision <= hold.revision && (hold.state === 'held' || hold.state === 'consumed')) return { outcome: 'held' };
  if (hold.refusal && revision <= hold.refusal.revision) return { outcome: 'refused', reason: hold.refusal.reason };
  return undefined;
}

/** Whether a line bears `amount` in place of the `freed` that it holds for the same order now. */
export function judge(
  line: CreditLine | undefined,
  { amount, freed, isOverdue }: { amount: number; freed: number; isOverdue: boolean },
): Verdict {
  if (!line || line.limit === 0) return { outcome: 'refused', reason: 'no_limit' };
  if (isOverdue) return { outcome: 'refused', reason: 'overdue' };
  if (line.held - freed + line.owed + amount > line.limit) return { outcome: 'refused', reason: 'limit_exceeded' };
  return { outcome: 'held' };
}
