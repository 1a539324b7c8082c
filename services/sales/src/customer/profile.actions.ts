import { customerCreated } from '@souk/contracts';
import { isGone } from '@souk/offboarding';
import type { Context, Tx } from '@souk/service-kit';
import { newId, ofCompany, system } from '@souk/service-kit';
import { knowsCompany } from '../reference.store.ts';
import type { Customer } from './customer.store.ts';
import { customers, findProfile, personKeyOf } from './customer.store.ts';
import { changesOf, judgeSpending, refOf } from './segment.actions.ts';

/** A user and a company that met, and how. */
export interface Contact {
  companyId: string;
  customerId: string;
  shopId?: string | undefined;
  source: Customer['source'];
  /** When they met: a profile that staff deleted later stays so. */
  at: Date;
}

/** Makes the profile of a user at a company on their first contact; on any other it learns of the shop. */
export async function meetCustomer(ctx: Context, contact: Contact): Promise<void> {
  const now = ctx.now();
  const profileId = newId();
  await ctx.as(ofCompany(contact.companyId)).transaction(async (tx) => {
    // Who registers at it, or ordered before its end was known, must not bring back what is hidden.
    if (await isGone(tx, contact.companyId)) return;
    const known = await findProfile(tx, contact);
    if (known?.isActive) return rememberShop(tx, known, contact.shopId);
    if (known && contact.at <= known.updatedAt) return;
    if (known) await tx.in(customers).deleteOne({ _id: known._id });
    await makeProfile(tx, contact, { profileId, now });
  });
}

/** The same of somebody who registered. Auth takes whatever company they named, so that its answer tells nobody which there are. */
export async function welcomeRegistered(ctx: Context, contact: Contact): Promise<void> {
  if (await knowsCompany(ctx.as(ofCompany(contact.companyId)), contact.companyId)) await meetCustomer(ctx, contact);
}

async function rememberShop(tx: Tx, { _id, shopIds }: Customer, shopId: string | undefined): Promise<void> {
  if (shopId === undefined || shopIds.includes(shopId)) return;
  const wider = tx.as(system('an order shows its buyer to its shop'));
  await wider.in(customers).updateOne({ _id }, { $addToSet: { shopIds: shopId } });
}

/** A profile without notes and tags; what was ordered before counts, as orders stay when a profile goes. */
async function makeProfile(tx: Tx, contact: Contact, { profileId, now }: { profileId: string; now: Date }): Promise<void> {
  const { companyId, customerId, shopId, source } = contact;
  const profile: Customer = {
    ...{ _id: profileId, companyId, customerId, personKey: personKeyOf(contact), source },
    shopIds: shopId === undefined ? [] : [shopId],
    ...(await judgeSpending(tx, contact, now)),
    ...{ segmentBy: 'spend', notes: '', tags: [], isActive: true },
    ...{ version: 1, createdAt: now, updatedAt: now },
  };
  await tx.in(customers).insertOne(profile);
  const data = { ...refOf(profile), source, segment: profile.segment, at: now.toISOString() };
  tx.publish(customerCreated, { subject: profileId, version: 1, companyId, data, changes: changesOf(null, profile) });
}
