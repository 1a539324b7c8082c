import type { CustomerSegment } from '@souk/contracts';
import { customerDeleted, customerUpdated, findUserByEmail } from '@souk/contracts';
import type { Context, Db } from '@souk/service-kit';
import { matchVersion, notFound } from '@souk/service-kit';
import type { Customer } from './customer.store.ts';
import { customers, findCustomer, findProfile } from './customer.store.ts';
import { applyJudgement, changesOf, refOf, saveCustomer } from './segment.actions.ts';

/** What staff may say of a customer. `auto` lets the segment follow what is spent again. */
export interface CustomerPatch {
  notes?: string | undefined;
  tags?: string[] | undefined;
  segment?: CustomerSegment | 'auto' | undefined;
}

/** A profile that the caller may see. Throws 404 for any other. */
export async function getCustomer(db: Db, profileId: string): Promise<Customer> {
  const found = await findCustomer(db, profileId);
  if (!found) throw notFound();
  return found;
}

/** The profile at a company of the user whose address it is. Throws 404 also for an address that is a user's who never was there. */
export async function getByEmail(ctx: Context, { email, companyId }: { email: string; companyId: string }): Promise<Customer> {
  const { userId } = await ctx.invoke(findUserByEmail, { body: { email } });
  const found = userId === undefined ? null : await findProfile(ctx, { companyId, customerId: userId });
  if (!found?.isActive) throw notFound();
  return found;
}

/** Changes what staff say of a customer. Throws notFound and preconditionFailed. */
export function updateCustomer(ctx: Context, profileId: string, patch: CustomerPatch): Promise<Customer> {
  const now = ctx.now();
  return ctx.transaction(async (tx) => {
    const before = await getCustomer(tx, profileId);
    matchVersion(ctx, before.version);
    const wanted = patched(before, patch);
    const changed = changesOf(before, wanted).map(({ field }) => field);
    if (changed.length === 0) return before;
    const saved = await saveCustomer(tx, before, { after: wanted, by: 'staff', now });
    const told = changed.filter((field) => field !== 'segment');
    if (told.length > 0) {
      const { _id: subject, version, companyId } = saved;
      const data = { ...refOf(saved), changed: told, at: now.toISOString() };
      tx.publish(customerUpdated, { subject, version, companyId, data, changes: changesOf(before, saved) });
    }
    // Back to what was spent at once, not with the next order.
    return patch.segment === 'auto' ? applyJudgement(tx, saved, { now, by: 'spend' }) : saved;
  });
}

function patched(before: Customer, { notes, tags, segment }: CustomerPatch): Customer {
  return {
    ...before,
    ...(notes !== undefined && { notes }),
    ...(tags !== undefined && { tags }),
    ...(segment === 'auto' && { segmentBy: 'spend' }),
    ...(segment !== undefined && segment !== 'auto' && { segmentBy: 'staff', segment }),
  };
}

/** Deletes a profile: nobody finds it, and its notes and tags are gone. Throws notFound and preconditionFailed. */
export function deleteCustomer(ctx: Context, profileId: string): Promise<void> {
  const now = ctx.now();
  return ctx.transaction(async (tx) => {
    const before = await getCustomer(tx, profileId);
    matchVersion(ctx, before.version);
    const version = before.version + 1;
    const gone = { isActive: false, notes: '', tags: [], segmentBy: 'spend', version, updatedAt: now };
    await tx.in(customers).updateOne({ _id: profileId }, { $set: gone, $unset: { nextCheckAt: '' } });
    const data = { ...refOf(before), at: now.toISOString() };
    tx.publish(customerDeleted, { subject: profileId, version, companyId: before.companyId, data });
  });
}

/** Fewer than would hold up who looks at them at the same time. */
const HIDDEN_AT_ONCE = 1_000;

/** Takes all profiles of a deleted company from everybody, with their notes until the purge: `company.deleted` has told of it. */
export async function hideCustomers(ctx: Context, companyId: string): Promise<void> {
  while (await hideSome(ctx, companyId));
}

const hideSome = (ctx: Context, companyId: string): Promise<boolean> =>
  ctx.transaction(async (tx) => {
    const shown = await tx.in(customers).find({ companyId, isActive: true }, { fields: ['_id'], limit: HIDDEN_AT_ONCE });
    const update = { $set: { isActive: false, updatedAt: ctx.now() }, $unset: { nextCheckAt: '' }, $inc: { version: 1 } };
    await tx.in(customers).updateMany({ _id: { $in: shown.map(({ _id }) => _id) } }, update);
    return shown.length === HIDDEN_AT_ONCE;
  });
