import { userIdentityLinked } from '@souk/contracts';
import type { Context, Tx } from '@souk/service-kit';
import { system } from '@souk/service-kit';
import { z } from 'zod';
import { addressNotVouched, notForProvider } from '../errors.ts';
import { normalEmail } from '../login/login.rules.ts';
import { mailTokens } from '../mail/mail-token.store.ts';
import { dropFactor } from '../second-factor/proof.actions.ts';
import { endAllSessions } from '../session/session.actions.ts';
import { addUser, announceUpdate, forgetSaid, nameOf, newUser, refuseInactive, writeUser } from '../user/account.actions.ts';
import { nextTokensFrom } from '../user/user.rules.ts';
import type { User } from '../user/user.store.ts';
import { users } from '../user/user.store.ts';
import { emailField, personFields } from '../user/user.views.ts';
import { identities, identityKey } from './identity.store.ts';
import { isRecognised } from './provider.rules.ts';
import type { ProviderSettings } from './provider.settings.ts';

const door = system('somebody whom a provider vouches for');

/** What we read of an ID token; that it is the provider's and meant for us was verified before. */
const vouchedClaims = z.object({
  iss: z.string(),
  sub: z.string().min(1),
  email: z.unknown().optional(),
  email_verified: z.unknown().optional(),
  name: z.unknown().optional(),
});
type Claims = z.infer<typeof vouchedClaims>;

/**
 * The account of somebody whom a provider vouches for: the one that was joined before, else the one with that address, else a new one.
 * Throws address_not_vouched, not_for_provider and account_deactivated.
 */
export async function recognise(provider: ProviderSettings, idToken: object, ctx: Context): Promise<User> {
  const claims = vouchedClaims.parse(idToken);
  const user = await ctx.as(door).transaction(async (tx) => {
    const at = ctx.now();
    const identity = await tx.in(identities).findOne({ _id: identityKey(claims) });
    const joined = identity && (await tx.in(users).findOne({ _id: identity.userId }));
    if (joined) return refuseForeign(provider, joined);
    const email = vouchedAddress(claims);
    const known = await tx.in(users).findOne({ email });
    refuseForeign(provider, known);
    const owner = known ? await welcomeBack(tx, known, { claims, at }) : await makeCustomer(tx, { email, claims, at });
    await link(tx, owner, { provider, claims, at });
    return owner;
  });
  refuseInactive(user);
  return user;
}

function refuseForeign<Found extends User | null>(provider: ProviderSettings, user: Found): Found {
  if (!isRecognised(provider, user)) throw notForProvider();
  return user;
}

/** The address, if the provider says that it has verified it: only the word true will do. */
function vouchedAddress({ email, email_verified: isVerified }: Claims): string {
  const parsed = emailField.safeParse(email);
  if (isVerified !== true || !parsed.success) throw addressNotVouched();
  return normalEmail(parsed.data);
}

/**
 * An account with the address. If it never proved it, a stranger may have made it in wait for the owner: password, second factor, links
 * and sessions of before are void, and what was said of the owner goes.
 */
async function welcomeBack(tx: Tx, known: User, { claims, at }: { claims: Claims; at: Date }): Promise<User> {
  refuseInactive(known);
  if (known.isVerified) return known;
  const tokensFrom = nextTokensFrom(known.tokensFrom, at);
  const said = await forgetSaid(tx, known);
  const profile = said.name === undefined ? said : { ...said, name: nameIn(claims) ?? said.name };
  const proved = { isVerified: true, passwordHash: undefined, tokensFrom, updatedAt: at };
  const after = await writeUser(tx, known, { ...profile, ...proved });
  announceUpdate(tx, known, after);
  await tx.in(mailTokens).deleteMany({ userId: known._id });
  await dropFactor(tx, known._id);
  await endAllSessions(tx, after, { reason: 'password_changed', at });
  return after;
}

const nameIn = ({ name }: Claims): string | undefined => personFields.name.safeParse(name).data;

async function makeCustomer(tx: Tx, from: { email: string; claims: Claims; at: Date }): Promise<User> {
  const { email, at } = from;
  const user = newUser(at, { email, name: nameIn(from.claims) ?? nameOf(email), role: 'customer', isVerified: true });
  await addUser(tx, user, { verificationRequired: false });
  return user;
}

async function link(tx: Tx, user: User, by: { provider: ProviderSettings; claims: Claims; at: Date }): Promise<void> {
  const { _id: userId, companyId, version } = user;
  const { provider, claims, at } = by;
  const _id = identityKey(claims);
  // One that is left of an account that is gone is taken over.
  await tx.in(identities).updateOne({ _id }, { $set: { provider: provider.id, userId, createdAt: at } }, { upsert: true });
  const data = { userId, ...(companyId && { companyId }), provider: provider.id, at: at.toISOString() };
  tx.publish(userIdentityLinked, { subject: userId, version, companyId, data });
}
