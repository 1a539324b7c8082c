import type { Change } from '@souk/contracts';
import { userDeactivated, userRegistered, userUpdated } from '@souk/contracts';
import type { Tx } from '@souk/service-kit';
import { changesBetween, conflict, newId, notFound, system } from '@souk/service-kit';
import { addresses } from '../address/address.store.ts';
import { accountDeactivated } from '../errors.ts';
import { appendRevocation } from '../session/revocation.store.ts';
import { endAllSessions, endSessionsOf } from '../session/session.actions.ts';
import { nextTokensFrom } from './user.rules.ts';
import type { User } from './user.store.ts';
import { PERSONAL, users } from './user.store.ts';

/** Some fields of a document; undefined takes one away. */
export type Changed<Doc> = { [Field in keyof Doc]?: Doc[Field] | undefined };

/** What events say about whom. */
export const who = ({ _id, role, companyId, shopIds }: User) => ({ userId: _id, role, ...(companyId && { companyId }), shopIds });

/** A user as it is first written. */
export function newUser(now: Date, fields: Pick<User, 'email' | 'name' | 'role' | 'isVerified'> & Partial<User>): User {
  return { _id: newId(), version: 1, shopIds: [], isActive: true, tokensFrom: 0, createdAt: now, updatedAt: now, ...fields };
}

/** What a person is called who has not said it. */
export const nameOf = (email: string): string => email.split('@')[0] ?? email;

/**
 * Forgets what was said of the owner of an address before it was proved, as a stranger may have said it in wait for them: for the change
 * with which it is proved. What an admin said of a colleague stays.
 */
export async function forgetSaid(tx: Tx, { _id, email, role }: User): Promise<Changed<User>> {
  if (role !== 'customer') return {};
  await tx.in(addresses).deleteMany({ userId: _id });
  return { name: nameOf(email), phone: undefined, locale: undefined };
}

interface Making {
  /** A mailed link comes before the first login. */
  verificationRequired: boolean;
  /** The company whose customer somebody becomes. It is not the account's: that would make them its staff. */
  metCompanyId?: string | undefined;
}

/** Inserts a user and says so. */
export async function addUser(tx: Tx, user: User, { verificationRequired, metCompanyId }: Making): Promise<void> {
  await tx.in(users).insertOne(user);
  tx.publish(userRegistered, {
    subject: user._id,
    version: user.version,
    companyId: user.companyId,
    data: {
      ...who(user),
      ...(metCompanyId && { companyId: metCompanyId }),
      verificationRequired,
      registeredAt: user.createdAt.toISOString(),
    },
    changes: changesBetween(null, user, PERSONAL),
  });
}

/** The user of that id in the scope of `tx`. Throws 404. */
export async function getUser(tx: Pick<Tx, 'in'>, id: string): Promise<User> {
  const user = await tx.in(users).findOne({ _id: id });
  if (!user) throw notFound();
  return user;
}

/**
 * Writes a change of a user that was read as `before`; a field set to undefined is taken away. Throws conflict when somebody was quicker.
 * `tx` may be of any scope that sees the user.
 */
export async function writeUser(tx: Tx, before: User, change: Changed<User>): Promise<User> {
  const set = Object.entries(change).filter(([, value]) => value !== undefined);
  const gone = Object.entries(change).filter(([, value]) => value === undefined);
  const update = {
    $set: Object.fromEntries(set),
    ...(gone.length > 0 && { $unset: Object.fromEntries(gone.map(([field]) => [field, 1])) }),
    $inc: { version: 1 },
  };
  const everywhere = tx.as(system('a user that was found in scope')).in(users);
  const after = await everywhere.findOneAndUpdate({ _id: before._id, version: before.version }, update);
  if (!after) throw conflict();
  return after;
}

/** Says what differs between `before` and `after`. */
export function announceUpdate(tx: Tx, before: User, after: User): void {
  announceChange(
    tx,
    after,
    changesBetween(before, after, PERSONAL).filter(({ field }) => field !== 'tokensFrom'),
  );
}

/** Says that a user changed, and how. */
export function announceChange(tx: Tx, after: User, changes: Change[]): void {
  const changed = changes.map(({ field }) => field);
  const { isActive, isVerified: verified } = after;
  tx.publish(userUpdated, {
    subject: after._id,
    version: after.version,
    companyId: after.companyId,
    data: { ...who(after), isActive, verified, changed, at: after.updatedAt.toISOString() },
    changes,
  });
}

/** Changes what tokens say of a user: those issued before are void, the sessions go on with new ones. */
export async function changeRights(tx: Tx, before: User, change: { set: Changed<User>; at: Date }): Promise<User> {
  const tokensFrom = nextTokensFrom(before.tokensFrom, change.at);
  const after = await writeUser(tx, before, { ...change.set, tokensFrom, updatedAt: change.at });
  const books = tx.as(system('revocations'));
  await appendRevocation(books, { userId: before._id, before: tokensFrom, at: change.at });
  announceUpdate(tx, before, after);
  return after;
}

interface Reason {
  reason: 'staff' | 'self' | 'company_deleted';
  at: Date;
}

const switchedOff = ({ tokensFrom }: User, at: Date) => ({
  isActive: false,
  tokensFrom: nextTokensFrom(tokensFrom, at),
  updatedAt: at,
});

/** Switches an account off and ends its sessions. */
export async function switchOff(tx: Tx, before: User, why: Reason): Promise<User> {
  const after = await writeUser(tx, before, switchedOff(before, why.at));
  announceSwitchOff(tx, after, why);
  await endAllSessions(tx, after, { reason: 'deactivated', at: why.at });
  return after;
}

/** The same of several, in as many round trips as of one. `tx` must have read them. */
export async function switchAllOff(tx: Tx, people: readonly User[], why: Reason): Promise<void> {
  const writes = people.map((user) => ({
    updateOne: { filter: { _id: user._id }, update: { $set: switchedOff(user, why.at), $inc: { version: 1 } } },
  }));
  await tx.in(users).bulkWrite(writes);
  const after = people.map((user) => ({ ...user, ...switchedOff(user, why.at), version: user.version + 1 }));
  for (const user of after) announceSwitchOff(tx, user, why);
  await endSessionsOf(tx, after, { reason: 'deactivated', at: why.at });
}

function announceSwitchOff(tx: Tx, after: User, why: Reason): void {
  tx.publish(userDeactivated, {
    subject: after._id,
    version: after.version,
    companyId: after.companyId,
    data: { ...who(after), reason: why.reason, at: why.at.toISOString() },
    changes: [{ field: 'isActive', before: true, after: false }],
  });
}

/** Throws account_deactivated for an account that is switched off, whatever token or link leads to it. */
export function refuseInactive(user: User): void {
  if (!user.isActive) throw accountDeactivated();
}
