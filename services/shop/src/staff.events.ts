import type { Role } from '@souk/contracts';
import { userDeactivated, userErased, userReactivated, userRegistered, userUpdated } from '@souk/contracts';
import type { Context } from '@souk/service-kit';
import { on } from '@souk/service-kit';
import type { ToldAccount } from './staff.actions.ts';
import { noteAccount, noteRegistration } from './staff.actions.ts';

interface Told {
  data: { userId: string; companyId?: string | undefined; role: Role };
  sequence: number;
}

function accountOf({ data: { userId, companyId, role }, sequence }: Told, isActive: boolean): ToldAccount {
  return { _id: userId, companyId, role, isActive, sequence };
}

export const staffSubscriptions = [
  on(userRegistered, (event, ctx) => noteRegistration(ctx, accountOf(event, true), event.data.shopIds)),
  on(userUpdated, (event, ctx) => noteAccount(ctx, accountOf(event, event.data.isActive), false)),
  on(userDeactivated, (event, ctx) => noteAccount(ctx, accountOf(event, false), true)),
  // Somebody is reactivated after a deactivation, which took all shops; its fact may come after this one and then changes nothing.
  on(userReactivated, (event, ctx) => noteAccount(ctx, accountOf(event, true), true)),
  on(userErased, (event, ctx: Context) => {
    const { userId, companyId } = event.data;
    return noteAccount(ctx, accountOf({ ...event, data: { userId, companyId, role: 'customer' } }, false), true);
  }),
];
