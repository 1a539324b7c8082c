import { userErased } from '@souk/contracts';
import type { Context } from '@souk/service-kit';
import { switchOff } from '../user/account.actions.ts';
import { removeAccount } from '../user/departure.actions.ts';
import { users } from '../user/user.store.ts';

/** Each account takes several writes and two facts, so one transaction holds few. */
const A_TURN = 20;

/** Erases some of the people of a company that is purged, here and, once they hear of it, with every service. Gives how many these were. */
export function eraseStaff(ctx: Context, companyId: string): Promise<number> {
  return ctx.transaction(async (tx) => {
    const people = await tx.in(users).find({ companyId }, { sort: { _id: 1 }, limit: A_TURN });
    const at = ctx.now();
    for (const user of people) {
      const last = user.isActive ? await switchOff(tx, user, { reason: 'company_deleted', at }) : user;
      const version = await removeAccount(tx, last, at);
      tx.publish(userErased, {
        subject: user._id,
        version,
        companyId,
        data: { userId: user._id, companyId, at: at.toISOString() },
      });
    }
    return people.length;
  });
}
