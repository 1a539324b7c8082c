import { countOpenOrders, userErased } from '@souk/contracts';
import type { Context } from '@souk/service-kit';
import { notFound, system } from '@souk/service-kit';
import { notOnYourself, ordersUnderWay } from '../errors.ts';
import { requireOwner } from '../login/login.actions.ts';
import { getUser, switchOff } from '../user/account.actions.ts';
import { removeAccount } from '../user/departure.actions.ts';
import { departed } from '../user/departure.store.ts';
import { refuseLast } from '../user/user.actions.ts';
import { users } from '../user/user.store.ts';

/**
 * Erases a person for good: nothing that names or reaches them is left here, and every service does the same with what it holds once it
 * hears of it. Orders, payments and entries stay, under an id that leads to nobody. They do it themselves, with their password or
 * a fresh login, or the platform does. Throws as requireOwner, orders_under_way, not_on_yourself, last_super_admin.
 */
export async function erasePerson(id: string, given: { password?: string | undefined }, ctx: Context): Promise<void> {
  const known = await ctx.in(users).findOne({ _id: id });
  if (!known) return eraseDeparted(id, ctx);
  const isSelf = ctx.caller?.userId === id;
  // The platform's own people are erased by one another: one of them is always left.
  if (isSelf && known.role === 'super_admin') throw notOnYourself();
  if (isSelf) await requireOwner(ctx, known, given.password);
  const { count } = await ctx.invoke(countOpenOrders, { params: { id } });
  if (count > 0) throw ordersUnderWay(undefined, { count });
  await ctx.as(system('a person is erased')).transaction(async (tx) => {
    const before = await getUser(tx, id);
    if (before.role === 'super_admin') await refuseLast(tx, id);
    const at = ctx.now();
    const last = before.isActive ? await switchOff(tx, before, { reason: isSelf ? 'self' : 'staff', at }) : before;
    const version = await removeAccount(tx, last, at);
    const { companyId } = before;
    const data = { userId: id, ...(companyId && { companyId }), at: at.toISOString() };
    tx.publish(userErased, { subject: id, version, companyId, data });
  });
}

/** Who was deleted before left things with other services, which are told now. Throws 404 for who never was, or is not the caller's. */
function eraseDeparted(id: string, ctx: Context): Promise<void> {
  return ctx.transaction(async (tx) => {
    const gone = await tx.in(departed).findOneAndUpdate({ _id: id }, { $inc: { version: 1 } });
    if (!gone) throw notFound();
    const { companyId, version } = gone;
    const data = { userId: id, ...(companyId && { companyId }), at: ctx.now().toISOString() };
    tx.publish(userErased, { subject: id, version, companyId, data });
  });
}
