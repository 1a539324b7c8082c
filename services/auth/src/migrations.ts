import type { Context, Migration } from '@souk/service-kit';
import { config } from './config.ts';
import { normalEmail } from './login/login.rules.ts';
import { passwords } from './passwords.ts';
import { POSITION, revocationPositions } from './session/revocation.store.ts';
import { adoptConfigured } from './signing-key/key-ring.actions.ts';
import { signingKeys } from './signing-key/signing-key.store.ts';
import { addUser, newUser } from './user/account.actions.ts';
import { users } from './user/user.store.ts';

/** The account that makes all others, from secrets: nothing has a password in code. Made once; later its owner changes it. */
async function addFirstSuperAdmin(ctx: Context): Promise<void> {
  const { 'super-admin-email': address, 'super-admin-password': password } = config.of(ctx);
  const email = normalEmail(address);
  const passwordHash = await passwords.of(ctx).hash(password);
  const admin = newUser(ctx.now(), { email, name: 'Super admin', role: 'super_admin', passwordHash, isVerified: true });
  await ctx.transaction(async (tx) => {
    if (!(await tx.in(users).findOne({ email }))) await addUser(tx, admin, { verificationRequired: false });
  });
}

/** What was kept of keys before there were several: since when each was known, without the key. */
async function beginKeyRing(ctx: Context): Promise<void> {
  const bare = { verifiesUntil: { $exists: false } };
  const seen = await ctx.in(signingKeys).find(bare);
  await ctx.in(signingKeys).deleteMany(bare);
  await adoptConfigured(ctx);
  for (const { _id, firstSeenAt } of seen) await ctx.in(signingKeys).updateOne({ _id }, { $set: { firstSeenAt } });
}

export const migrations: readonly Migration[] = [
  {
    version: 1,
    name: 'revocations are numbered from 1',
    run: async (_database, ctx) => {
      await ctx.in(revocationPositions).updateOne({ _id: POSITION }, { $setOnInsert: { value: 0 } }, { upsert: true });
    },
  },
  { version: 2, name: 'the first super admin', run: (_database, ctx) => addFirstSuperAdmin(ctx) },
  { version: 3, name: 'the ring of signing keys', run: (_database, ctx) => beginKeyRing(ctx) },
];
