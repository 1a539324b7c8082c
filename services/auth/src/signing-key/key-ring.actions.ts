import { keyAdded, keyRefused } from '@souk/contracts';
import type { Claims, Context, Tx } from '@souk/service-kit';
import { notFound, signToken, system } from '@souk/service-kit';
import { rotationUnderWay } from '../errors.ts';
import { sealing } from '../sealing.ts';
import { ACCESS_SECONDS } from '../session/session.rules.ts';
import { KEY_RING, takeTurn } from '../user/guard.store.ts';
import type { KeyPair } from './key-pair.ts';
import { newKeyPair, pemOf } from './key-pair.ts';
import { signing } from './signing.ts';
import { LAST_TOKEN_MS, NOTICE_MS, signerAmong, stateOf } from './signing-key.rules.ts';
import type { SigningKey } from './signing-key.store.ts';
import { LONG_AGO, NEVER, signingKeys } from './signing-key.store.ts';

const keeper = system('the keys that access tokens are signed with');

const useOf = (kid: string): string => `signing key ${kid}`;

/** The keys that verify now. Always read anew: what one replica changed, all others obey with their next token. */
export const listPublished = (ctx: Context): Promise<SigningKey[]> =>
  ctx
    .as(keeper)
    .in(signingKeys)
    .find({ verifiesUntil: { $gt: ctx.now() } }, { limit: 100 });

/** The key that signs now. */
export async function getSigner(ctx: Context): Promise<SigningKey> {
  const signer = signerAmong(await listPublished(ctx), ctx.now());
  if (!signer) throw new Error('a migration makes the first signing key, and none is taken away without a successor');
  return signer;
}

/** An access token whose `iat` is `issuedAt`, in seconds since the epoch. */
export async function signAccess(
  ctx: Context,
  claims: Omit<Claims, 'iat' | 'exp'>,
  { issuedAt, ttlSeconds = ACCESS_SECONDS }: { issuedAt: number; ttlSeconds?: number },
): Promise<string> {
  const { _id: kid, sealedKey } = await getSigner(ctx);
  const { privateKey } = signing.of(ctx).pairOf(kid, () => sealing.of(ctx).open(sealedKey ?? '', useOf(kid)));
  return signToken(claims, { kid, privateKey }, { ttlSeconds, now: new Date(issuedAt * 1000) });
}

/** Takes the key of the configuration into the ring, where it is new to it: at once as the first, as a rotation later. */
export async function adoptConfigured(ctx: Context): Promise<void> {
  const { configured } = signing.of(ctx);
  const isKnown = async (to: Pick<Context, 'in'>) => (await to.in(signingKeys).findOne({ _id: configured.kid })) !== null;
  // Asked for every minute, and hardly ever news: the turn is a write.
  if (await isKnown(ctx.as(keeper))) return;
  await ctx.as(keeper).transaction(async (tx) => {
    const now = ctx.now();
    await takeTurn(tx, KEY_RING);
    if (await isKnown(tx)) return;
    const isFirst = signerAmong(await published(tx, now), now) === undefined;
    const signsFrom = isFirst ? now : new Date(now.getTime() + NOTICE_MS);
    await addKey(tx, keyDocument(ctx, configured, { signsFrom, now }), now);
  });
}

/** Adds a key that signs in a minute, when every verifier knows it. Throws rotation_under_way while another one waits for that. */
export async function rotateKeys(ctx: Context): Promise<SigningKey> {
  const now = ctx.now();
  const fresh = keyDocument(ctx, newKeyPair(), { signsFrom: new Date(now.getTime() + NOTICE_MS), now });
  await ctx.as(keeper).transaction(async (tx) => {
    await takeTurn(tx, KEY_RING);
    if ((await published(tx, now)).some((key) => stateOf(key, now) === 'next')) throw rotationUnderWay();
    await addKey(tx, fresh, now);
  });
  return fresh;
}

/**
 * Takes a compromised key out: nothing it signed is good any more, and if it was the one that signs, the next one or a new one does so
 * from now on. Throws 404 for a key that verifies nothing anyway.
 */
export async function refuseKey(kid: string, ctx: Context): Promise<void> {
  const now = ctx.now();
  const spare = keyDocument(ctx, newKeyPair(), { signsFrom: now, now });
  await ctx.as(keeper).transaction(async (tx) => {
    await takeTurn(tx, KEY_RING);
    const keys = await published(tx, now);
    const bad = keys.find(({ _id }) => _id === kid);
    if (!bad) throw notFound();
    const gone = { signsUntil: LONG_AGO, verifiesUntil: LONG_AGO, refusedAt: now };
    await tx.in(signingKeys).updateOne({ _id: kid }, { $set: gone, $unset: { sealedKey: 1 } });
    const data = { kid, at: now.toISOString() };
    tx.publish(keyRefused, { subject: kid, version: 2, data });
    await closeGap(tx, { bad, others: keys.filter(({ _id }) => _id !== kid), spare, now });
  });
}

/** Sees to it that one key signs, now and from then on, where `bad` would have. */
async function closeGap(tx: Tx, ring: { bad: SigningKey; others: SigningKey[]; spare: SigningKey; now: Date }): Promise<void> {
  const { bad, others, spare, now } = ring;
  const state = stateOf(bad, now);
  const next = others.find((key) => stateOf(key, now) === 'next');
  const signer = signerAmong(others, now);
  if (state === 'next' && signer)
    await tx.in(signingKeys).updateOne({ _id: signer._id }, { $set: { signsUntil: NEVER, verifiesUntil: NEVER } });
  else if (state === 'signing' && next) await tx.in(signingKeys).updateOne({ _id: next._id }, { $set: { signsFrom: now } });
  else if (state === 'signing') await addKey(tx, spare, now);
}

const published = (tx: Tx, now: Date): Promise<SigningKey[]> => tx.in(signingKeys).find({ verifiesUntil: { $gt: now } });

/** Adds a key that follows all others, and drops the private halves that sign no more. */
async function addKey(tx: Tx, key: SigningKey, now: Date): Promise<void> {
  const { _id: kid, signsFrom } = key;
  const verifiesUntil = new Date(signsFrom.getTime() + LAST_TOKEN_MS);
  const keys = tx.in(signingKeys);
  await keys.updateMany({ signsUntil: { $lte: now } }, { $unset: { sealedKey: 1 } });
  await keys.updateMany({ verifiesUntil: NEVER }, { $set: { signsUntil: signsFrom, verifiesUntil } });
  await keys.insertOne(key);
  const data = { kid, signsFrom: signsFrom.toISOString(), at: now.toISOString() };
  tx.publish(keyAdded, { subject: kid, version: 1, data });
}

function keyDocument(ctx: Context, pair: KeyPair, times: { signsFrom: Date; now: Date }): SigningKey {
  const { kid: _id, x, y, privateKey } = pair;
  const sealedKey = sealing.of(ctx).seal(pemOf(privateKey), useOf(_id));
  return { _id, firstSeenAt: times.now, x, y, sealedKey, signsFrom: times.signsFrom, signsUntil: NEVER, verifiesUntil: NEVER };
}
