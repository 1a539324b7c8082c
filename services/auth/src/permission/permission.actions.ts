import type { companyPermissionsChanged, Envelope, EventData } from '@souk/contracts';
import type { Context } from '@souk/service-kit';
import { system } from '@souk/service-kit';
import { beginRound, walkRound } from '../user/round.actions.ts';
import { withheldPermissions } from './permission.store.ts';

const everywhere = system('what a company keeps from its people');

/** Keeps what a company withholds, which every token says from then on, and voids those that its people have. */
export async function withhold(event: Envelope<EventData<typeof companyPermissionsChanged>>, ctx: Context): Promise<void> {
  const { companyId, withheld } = event.data;
  const round = { kind: 'permissions_withheld', aboutId: companyId } as const;
  await ctx.as(everywhere).transaction(async (tx) => {
    const known = await tx.in(withheldPermissions).findOne({ _id: companyId });
    if (known && known.sequence >= event.sequence) return;
    const set = { ...withheld, sequence: event.sequence };
    await tx.in(withheldPermissions).updateOne({ _id: companyId }, { $set: set }, { upsert: true });
    await beginRound(tx, round, ctx.now());
  });
  await walkRound(round, ctx);
}
