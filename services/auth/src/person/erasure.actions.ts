import { countOpenOrders, userErased } from '@souk/contracts';
import type { Context } from '@souk/service-kit';
import { system } from '@souk/service-kit';
import { notOnYourself, ordersUnderWay, passwordNeeded } from '../errors.ts';
import { requirePassword } from '../login/login.actions.ts';
import { getUser, switchOff } from '../user/account.actions.ts';
import { removeAccount } from '../user/departure.actions.ts';
import type { User } from '../user/user.store.ts';

/**
 * Erases a person for good: nothing that names or reaches them is left here, and every service does the same with what it holds once it
 * hears of it. Orders, payments and entries stay, under an id that leads to nobody. They do it themselves, with their password where
 * they have one, or the platform does. Throws password_needed, wrong_password, orders_under_way, not_on_yourself, last_super_admin.
 */
export async function erasePerson(id: string, given: { password?: string | undefined }, ctx: Context): Promise<void> {
  const known = await getUser(ctx, id);
  const isSelf = ctx.caller?.userId === id;
  // The platform's own people are erased by one another: one of them is always left.
  if (isSelf && known.role === 'super_admin') throw notOnYourself();
  if (isSelf) await proveSelf(known, given, ctx);
  const { count } = await ctx.invoke(countOpenOrders, { params: { id } });
  if (count > 0) throw ordersUnderWay(undefined, { count });
  await ctx.as(system('a person is erased')).transaction(async (tx) => {
    const before = await getUser(tx, id);
    const at = ctx.now();
    const last = before.isActive ? await switchOff(tx, before, { reason: isSelf ? 'self' : 'staff', at }) : before;
    const version = await removeAccount(tx, last, at);
    const { companyId } = before;
    const data = { userId: id, ...(companyId && { companyId }), at: at.toISOString() };
    tx.publish(userErased, { subject: id, version, companyId, data });
  });
}

/** Whoever has only a token must not do what cannot be undone. */
async function proveSelf(user: User, { password }: { password?: string | undefined }, ctx: Context): Promise<void> {
  if (user.passwordHash === undefined) return;
  if (password === undefined) throw passwordNeeded();
  await requirePassword(ctx, user, password);
}
