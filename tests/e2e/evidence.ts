import { z } from 'zod';
import type { Tenant } from '../../scripts/demo/tenant.ts';
import type { Day } from './day.ts';
import { EMAIL, NAME, ordersOf, TIMEZONE } from './day.ts';
import type { Fact } from './facts.ts';
import { auditEntries, factsAbout, loggedFacts } from './facts.ts';
import { listAll } from './lists.ts';
import type { Mail } from './mails.ts';
import { ACCOUNT_KNOWN, ACCOUNT_MADE, debtMail, declineOf, mailsAbout, missingIn, readMail, sorted } from './mails.ts';
import { bookedOf, dueAtGateway, dueOf, gatewayMovements, ledgerOf, paymentsOf, sumsBy, takenOf } from './money.ts';
import type { LiveMessage, Place } from './platform.ts';
import { until } from './platform.ts';
import { breaks, heardOf, statusesOf } from './rooms.ts';
import type { Order } from './shopper.ts';
import { mailsTo } from './shopper.ts';

const debt = z.object({ amount: z.int(), currency: z.string(), dueAt: z.string() });

/** The mails to the customer are those that its orders, payments and debts call for, each once. */
export async function expectMails(day: Day<Place>): Promise<void> {
  const { platform, databases, buyer, declined } = day;
  const debts = await listAll(platform, '/debts', { token: buyer.token, row: debt });
  const due: Mail[] = [
    ...[ACCOUNT_MADE, ACCOUNT_KNOWN],
    ...(await ordersOf(day)).flatMap(mailsAbout),
    ...declined.map(declineOf),
    ...debts.map((each) => debtMail(each, TIMEZONE)),
  ];
  const unsent = { userId: buyer.userId, channel: 'email', status: { $ne: 'sent' } };
  const read = async () => (await mailsTo(platform, EMAIL)).map((mail) => readMail(mail, NAME));
  await until(
    async () => ({
      missing: missingIn(await read(), due),
      unsent: await databases.of('notification').collection('notifications').countDocuments(unsent),
    }),
    (mails) => mails.missing.length === 0 && mails.unsent === 0,
  );
  expect(sorted(await read())).toEqual(sorted(due));
  const mails = await mailsTo(platform, EMAIL);
  for (const { text } of mails) expect(text).not.toContain('{{');
}

/** The customer and the company heard every status of their orders, as its timeline has them. */
export async function expectStatuses(day: Day<Place>): Promise<void> {
  const { buyer, tenant, live, staffLive } = day;
  const user = `user:${buyer.userId}`;
  await expectHeard(day, { told: live.told, room: user, orders: await ordersOf(day) });
  await expectHeard(day, {
    told: staffLive.told,
    room: `company:${tenant.companyId}`,
    orders: await ordersOf(day, tenant),
  });
  // The customer's socket was open before anything was said in its room.
  expect(live.told.find(({ room }) => room === user)?.offset).toBe(1);
}

async function expectHeard(
  { platform, buyer }: Day<Place>,
  { told, room, orders }: { told: LiveMessage[]; room: string; orders: Order[] },
): Promise<void> {
  for (const { id } of orders) {
    const { steps } = await platform.api.ask('GET', `/orders/${id}/timeline`, { token: buyer.token });
    const due = statusesOf(steps.map(({ step }) => step));
    const heard = await until(
      () => Promise.resolve(heardOf(told, { room, orderId: id })),
      (messages) => messages.length >= due.length,
    );
    expect(heard.map(({ data }) => data.status)).toEqual(due);
    const sequences = heard.map(({ data }) => data.sequence);
    expect(breaks(sequences, (before, after) => after > before)).toEqual([]);
  }
  const offsets = told.filter((message) => message.room === room).map(({ offset }) => offset);
  expect(breaks(offsets, (before, after) => after === before + 1)).toEqual([]);
}

/** Each company's ledger sums to zero, and what it and the gateway kept of each order is what that cost. */
export async function expectMoney(day: Day<Place>): Promise<void> {
  const { platform, buyer, tenant, hasty } = day;
  const payments = await paymentsOf(platform, buyer.token);
  const gateway = (await gatewayMovements(platform)).slice(day.before.moved);
  expect(gateway.filter(({ reference }) => ![...payments.values()].includes(reference))).toEqual([]);
  for (const each of [tenant, hasty]) {
    const orders = await ordersOf(day, each);
    const ledger = await expectLedger(day, each, orders[0]?.currency ?? '');
    const moved = orders.map(({ id }) => ({
      booked: bookedOf(ledger, payments.get(id)),
      taken: takenOf(gateway, payments.get(id)),
    }));
    expect(moved).toEqual(orders.map((order) => ({ booked: dueOf(order), taken: dueAtGateway(order) })));
    const known = orders.map(({ id }) => payments.get(id));
    expect(ledger.filter(({ paymentId }) => !known.includes(paymentId))).toEqual([]);
  }
}

/** Added up here, entry by entry, a ledger has the sums that the platform says it has. */
async function expectLedger({ platform }: Day<Place>, of: Tenant, currency: string) {
  const { companyId } = of;
  const ledger = await ledgerOf(platform, of);
  for (const { lines } of ledger) expect(lines.reduce((total, { amount }) => total + amount, 0)).toBe(0);
  expect(sumsBy(ledger, (entry) => `${entry.companyId} ${entry.currency}`)).toEqual([[`${companyId} ${currency}`, 0]]);
  const told = await platform.api.ask('GET', '/payments/ledger/balances', { token: of.admin.token });
  expect(told).toMatchObject({ balanced: true, sums: [{ companyId, currency, sum: 0 }] });
  const accounts = told.accounts.map(({ account, amount }): [string, number] => [account, amount]);
  expect(accounts.sort(([a], [b]) => a.localeCompare(b))).toEqual(sumsBy(ledger, (_, account) => account));
  return ledger;
}

/** Audit has every fact about the orders as its producer logged it, no other, and shows none to the other company. */
export async function expectAudit(day: Day<Place>): Promise<void> {
  const { platform, tenant, hasty } = day;
  for (const each of [tenant, hasty]) {
    const other = each === tenant ? hasty : tenant;
    for (const { id, status } of await ordersOf(day, each)) {
      const facts = (await expectEntries(day, each, id)).filter(
        ({ type, resourceId }) => type.startsWith('order.') && resourceId === id,
      );
      expect(facts.map(({ type }) => type)).toEqual(expect.arrayContaining(['order.created', `order.${status}`]));
      const path = `/audit/resource/order/${id}?limit=100`;
      const { data } = await platform.api.ask('GET', path, { token: each.admin.token });
      expect(data.map((entry) => entry.id).sort()).toEqual(facts.map((fact) => fact.id));
      expect((await platform.api.ask('GET', path, { token: other.admin.token })).data).toEqual([]);
    }
  }
}

async function expectEntries({ platform, databases }: Day<Place>, of: Tenant, orderId: string): Promise<Fact[]> {
  const read = async () => ({
    logged: factsAbout(await loggedFacts(databases, of), orderId),
    recorded: factsAbout(await auditEntries(platform, of), orderId),
  });
  await until(
    async () => {
      const { logged, recorded } = await read();
      return logged.filter(({ id }) => !recorded.some((entry) => entry.id === id)).map(({ type }) => type);
    },
    (missing) => missing.length === 0,
  );
  const { logged, recorded } = await read();
  expect(recorded).toEqual(logged);
  const producers = new Set(logged.map(({ source }) => source));
  for (const service of ['sales', 'payment', 'inventory']) expect(producers).toContain(`/services/${service}`);
  return logged;
}

const verdict = z.object({ chain: z.string(), valid: z.boolean(), entries: z.int().positive() });

/** The chains of both companies and of the platform verify, with all of their entries. */
export async function expectChains({ platform, databases, tenant, hasty }: Day<Place>): Promise<void> {
  const chains = [
    { chain: tenant.companyId, token: tenant.admin.token },
    { chain: hasty.companyId, token: hasty.admin.token },
    { chain: 'platform', token: platform.superAdmin.token },
  ];
  for (const { chain, token } of chains) {
    const count = () => databases.of('audit').collection('entries').countDocuments({ chain });
    const least = await count();
    const said = verdict.parse(await platform.api.ask('POST', '/audit/verify', { token, body: {} }));
    expect(said).toMatchObject({ chain, valid: true });
    // Facts may still come in while a chain is read.
    expect(said.entries).toBeGreaterThanOrEqual(least);
    expect(said.entries).toBeLessThanOrEqual(await count());
  }
}
