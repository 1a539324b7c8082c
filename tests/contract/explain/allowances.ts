/** A list that reads all of what belongs to one of something, because that is little by nature, and an index more would cost each write. */
export interface Allowance {
  /** `service.store`. */
  store: string;
  /** Whose documents may all be read: an index on it must bound the reading. */
  field: string;
  why: string;
}

export const allowances: readonly Allowance[] = [
  { store: 'sales.orders', field: 'customerId', why: 'one person has few orders, and asks for a state of them seldom' },
  { store: 'sales.customers', field: 'customerId', why: 'one person is a customer of few companies' },
  { store: 'payment.payments', field: 'customerId', why: 'one person has few payments, and asks for a state of them seldom' },
  { store: 'debt.debts', field: 'debtorId', why: 'one debtor has few debts' },
  { store: 'auth.users', field: 'shopIds', why: 'a shop has few colleagues' },
];

/** Stores of which there is one document, made by a migration or the first use: a seed would stand in its way. */
export const SINGLE = new Set(['auth.revocation_positions', 'analytics.generations']);
