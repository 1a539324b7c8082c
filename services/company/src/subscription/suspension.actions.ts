import type { Context } from '@souk/service-kit';
import { matchVersion } from '@souk/service-kit';
import { getCompany } from '../company/company.actions.ts';
import type { Company } from '../company/company.store.ts';
import { config } from '../config.ts';
import { alreadySuspended, notSuspended } from '../errors.ts';
import { afterReprieve } from './subscription.rules.ts';
import { withReason } from './suspension.rules.ts';
import { daysFrom, writeOutcome } from './turn.actions.ts';

/** Makes a company read-only by hand. Throws notFound, preconditionFailed, alreadySuspended. */
export function suspendCompany(ctx: Context, id: string): Promise<Company> {
  return ctx.transaction(async (tx) => {
    const before = await getCompany(tx, id);
    matchVersion(ctx, before.version);
    const reasons = before.suspendedFor ?? [];
    if (reasons.includes('staff')) throw alreadySuspended();
    return writeOutcome(ctx, tx, { before, outcome: { suspendedFor: withReason(reasons, 'staff') } });
  });
}

/** Lets a company write again, whyever it was suspended; what it owes has another grace. Throws notFound, preconditionFailed, notSuspended. */
export function resumeCompany(ctx: Context, id: string): Promise<Company> {
  return ctx.transaction(async (tx) => {
    const before = await getCompany(tx, id);
    matchVersion(ctx, before.version);
    const { subscription, suspendedFor: reasons = [] } = before;
    if (reasons.length === 0) throw notSuspended();
    const now = ctx.now();
    const graceEndsAt = daysFrom(now, config.of(ctx).SUBSCRIPTION_GRACE_DAYS);
    const isReprieved = subscription && reasons.includes('unpaid');
    const outcome = { suspendedFor: [], ...(isReprieved && { subscription: afterReprieve(subscription, graceEndsAt, now) }) };
    return writeOutcome(ctx, tx, { before, outcome });
  });
}
