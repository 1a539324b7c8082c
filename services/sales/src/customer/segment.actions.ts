import { customerSegmentChanged, DEFAULT_SEGMENT_THRESHOLDS } from '@souk/contracts';
import type { Context, Tx } from '@souk/service-kit';
import { changesBetween, ofCompany, system } from '@souk/service-kit';
import { settingsCopies } from '../reference.store.ts';
import type { Customer } from './customer.store.ts';
import { customers, findDueCustomers, findProfile } from './customer.store.ts';
import { nextCheck, segmentFor, windowStart } from './segment.rules.ts';
import { sumSince } from './spending.store.ts';

const MOST_DUE_AT_ONCE = 500;
/** Staff's own words about somebody: the audit trail names these fields without their values. */
const PERSONAL = ['notes', 'tags'];
/** Told of no change: what follows from orders is in the orders' own facts. */
const DERIVED = new Set(['judgedAt', 'nextCheckAt', 'spent', 'isActive']);

type Person = Pick<Customer, 'companyId' | 'customerId'>;
/** What the spending of somebody decides of their profile. */
export type Judgement = Pick<Customer, 'spent' | 'segment' | 'judgedAt' | 'nextCheckAt'>;

export const refOf = ({ _id: profileId, customerId, companyId }: Customer) => ({ profileId, customerId, companyId });

export const changesOf = (before: Customer | null, after: Customer) =>
  changesBetween(before, after, PERSONAL).filter(({ field }) => !DERIVED.has(field));

/** Looks at what somebody has spent in twelve months, in the company's currency: orders in another have no rate to be added by. */
export async function judgeSpending(tx: Tx, person: Person, now: Date): Promise<Judgement> {
  const known = await tx.in(settingsCopies).findOne({ _id: person.companyId });
  const { currency, segmentThresholds = DEFAULT_SEGMENT_THRESHOLDS } = known?.settings ?? {};
  const spent = currency === undefined ? 0 : await sumSince(tx, person, { from: windowStart(now), currency });
  const nextCheckAt = nextCheck(spent, now);
  return { spent, segment: segmentFor(spent, segmentThresholds), judgedAt: now, ...(nextCheckAt && { nextCheckAt }) };
}

/** Writes a profile after a look at its spending, whether or not that changed anything, and tells of a new segment. */
export async function applyJudgement(
  tx: Tx,
  before: Customer,
  { now, by }: { now: Date; by: 'spend' | 'staff' },
): Promise<Customer> {
  const { segment, ...figures } = await judgeSpending(tx, before, now);
  const { nextCheckAt: _, ...rest } = before;
  const after: Customer = { ...rest, ...figures, segment: before.segmentBy === 'staff' ? before.segment : segment };
  return saveCustomer(tx, before, { after, by, now });
}

/** Writes what differs; a version is made of what staff can see. Publishes `customer.segment_changed` when it did. */
export async function saveCustomer(
  tx: Tx,
  before: Customer,
  { after: wanted, by, now }: { after: Customer; by: 'spend' | 'staff'; now: Date },
): Promise<Customer> {
  const changes = changesOf(before, wanted);
  const isNews = changes.length > 0 || before.spent !== wanted.spent;
  const after = isNews ? { ...wanted, version: before.version + 1, updatedAt: now } : wanted;
  const { _id, nextCheckAt, companyId: _company, customerId: _customer, shopIds: _shops, personKey: _key, ...fields } = after;
  const $set = { ...fields, ...(nextCheckAt && { nextCheckAt }) };
  await tx.in(customers).updateOne({ _id }, { $set, ...(!nextCheckAt && { $unset: { nextCheckAt: '' } }) });
  if (before.segment !== after.segment) {
    const data = { ...refOf(after), before: before.segment, after: after.segment, cause: by, at: now.toISOString() };
    tx.publish(customerSegmentChanged, { subject: _id, version: after.version, companyId: after.companyId, data, changes });
  }
  return after;
}

/** Looks at somebody's spending again, because one of their orders was confirmed, cancelled or refunded. */
export async function reviewCustomer(ctx: Context, person: Person): Promise<void> {
  const now = ctx.now();
  await ctx.as(ofCompany(person.companyId)).transaction(async (tx) => {
    const profile = await findProfile(tx, person);
    // Who has no profile gets one judged when `order.created` comes.
    if (profile?.isActive) await applyJudgement(tx, profile, { now, by: 'spend' });
  });
}

/** Looks at those again whose window has slid by a day. Gives how many there were. */
export async function reviewDueCustomers(ctx: Context): Promise<number> {
  const due = await findDueCustomers(ctx.as(system('segments follow the calendar')), ctx.now(), MOST_DUE_AT_ONCE);
  for (const profile of due) await reviewDue(ctx, profile);
  return due.length;
}

/** One that cannot be looked at must not hold up those after it: it stays due. */
async function reviewDue(ctx: Context, profile: Customer): Promise<void> {
  await reviewCustomer(ctx, profile).catch((error: unknown) =>
    ctx.log.warn({ err: error, profileId: profile._id }, 'a customer is looked at again later'),
  );
}
