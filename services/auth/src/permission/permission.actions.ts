import type { companyPermissionsChanged, Envelope, EventData } from '@souk/contracts';
import type { Context } from '@souk/service-kit';
import { system } from '@souk/service-kit';
import { appendRevocation } from '../session/revocation.store.ts';
import { writeUser } from '../user/account.actions.ts';
import { nextTokensFrom } from '../user/user.rules.ts';
import { users } from '../user/user.store.ts';
import { withheldPermissions } from './permission.store.ts';

const everywhere = system('what a company keeps from its people');

/** Keeps what a company withholds, and voids the tokens of those it concerns: their next ones say so. */
export async function withhold(event: Envelope<EventData<typeof companyPermissionsChanged>>, ctx: Context): Promise<void> {
  const { companyId, withheld } = event.data;
  await ctx.as(everywhere).transaction(async (tx) => {
    const known = await tx.in(withheldPermissions).findOne({ _id: companyId });
    if (known && known.sequence >= event.sequence) return;
    const set = { ...withheld, sequence: event.sequence };
    await tx.in(withheldPermissions).updateOne({ _id: companyId }, { $set: set }, { upsert: true });
    const at = ctx.now();
    for (const user of await tx.in(users).find({ companyId, role: { $in: ['shop_manager', 'shop_staff'] } })) {
      const tokensFrom = nextTokensFrom(user.tokensFrom, at);
      await writeUser(tx, user, { tokensFrom });
      await appendRevocation(tx, { userId: user._id, before: tokensFrom, at });
    }
  });
}
