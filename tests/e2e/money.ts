import { z } from 'zod';
import type { Tenant } from '../../scripts/demo/tenant.ts';
import { listAll } from './lists.ts';
import type { Place, Platform } from './platform.ts';
import type { Order } from './shopper.ts';

const entry = z.object({
  companyId: z.string(),
  paymentId: z.string(),
  currency: z.string(),
  cause: z.enum(['capture', 'refund']),
  lines: z.array(z.object({ account: z.string(), amount: z.int() })),
});
export type LedgerEntry = z.infer<typeof entry>;

/** Our own book of a company. */
export const ledgerOf = (platform: Platform<Place>, { admin }: Tenant, query = ''): Promise<LedgerEntry[]> =>
  listAll(platform, `/payments/ledger${query}`, { token: admin.token, row: entry });

const movements = z.object({
  data: z.array(z.object({ type: z.enum(['capture', 'refund']), reference: z.string(), amount: z.int(), currency: z.string() })),
  nextAfter: z.int().nullable(),
});
export type Movement = z.infer<typeof movements>['data'][number];

/** All money that moved at the gateway, by its own book, the oldest first; `reference` is our payment. */
export async function gatewayMovements({ system }: Platform<Place>): Promise<Movement[]> {
  const headers = { authorization: `Bearer ${system.secrets['sandbox-api-key']}` };
  const found: Movement[] = [];
  for (let after: number | null = 0; after !== null; ) {
    const answer = await fetch(`${system.sandboxUrl}/v1/ledger?limit=1000&after=${after}`, { headers });
    const page = movements.parse(await answer.json());
    found.push(...page.data);
    after = page.nextAfter;
  }
  return found;
}

const payment = z.object({ paymentId: z.string(), orderId: z.string() });

/** The one payment of each of a customer's orders, by order. Throws when an order has several. */
export async function paymentsOf(platform: Platform<Place>, token: string): Promise<Map<string, string>> {
  const payments = await listAll(platform, '/payments', { token, row: payment });
  const byOrder = new Map(payments.map(({ orderId, paymentId }) => [orderId, paymentId]));
  if (byOrder.size !== payments.length) throw new Error('an order has several payments');
  return byOrder;
}

const add = (amounts: readonly number[]): number => amounts.reduce((sum, amount) => sum + amount, 0);

/** How often an order's money moved, and how much of it stayed. */
export interface Moved {
  captures: number;
  refunds: number;
  kept: number;
}

const movedBy = (some: readonly { kind: 'capture' | 'refund'; amount: number }[]): Moved => ({
  captures: some.filter(({ kind }) => kind === 'capture').length,
  refunds: some.filter(({ kind }) => kind === 'refund').length,
  kept: add(some.map(({ kind, amount }) => (kind === 'capture' ? amount : 0 - amount))),
});

/** What was booked of a payment. An entry moves as much as it adds to the account that it adds to. */
export const bookedOf = (ledger: readonly LedgerEntry[], paymentId: string | undefined): Moved =>
  movedBy(
    ledger
      .filter((each) => each.paymentId === paymentId)
      .map(({ cause, lines }) => ({ kind: cause, amount: add(lines.map(({ amount }) => Math.max(0, amount))) })),
  );

export const takenOf = (book: readonly Movement[], paymentId: string | undefined): Moved =>
  movedBy(book.filter(({ reference }) => reference === paymentId).map(({ type, amount }) => ({ kind: type, amount })));

const NOTHING: Moved = { captures: 0, refunds: 0, kept: 0 };

/** What an order that has come to its end must have moved: its total once, and that back when it was cancelled after paying. */
export function dueOf({ status, confirmedAt, pricing }: Order): Moved {
  if (confirmedAt === undefined) return NOTHING;
  return status === 'cancelled' ? { captures: 1, refunds: 1, kept: 0 } : { captures: 1, refunds: 0, kept: pricing.total };
}

/** Only what is paid by card goes through the gateway. */
export const dueAtGateway = (order: Order): Moved => (order.payment?.method === 'sandbox' ? dueOf(order) : NOTHING);

/** Sums of all lines by what `name` makes of an entry and an account, as a list that two of can be compared. */
export function sumsBy(
  ledger: readonly LedgerEntry[],
  name: (entry: LedgerEntry, account: string) => string,
): [string, number][] {
  const sums = new Map<string, number>();
  for (const each of ledger)
    for (const { account, amount } of each.lines) sums.set(name(each, account), (sums.get(name(each, account)) ?? 0) + amount);
  return [...sums].sort(([a], [b]) => a.localeCompare(b));
}
