import { instant } from '@souk/contracts';
import { endpoint, noContent, pageOf, pageQuery, roles } from '@souk/service-kit';
import { z } from 'zod';
import { rotationUnderWay } from '../errors.ts';
import { uncached } from '../uncached.ts';
import { refuseKey, rotateKeys } from './key-ring.actions.ts';
import { stateOf } from './signing-key.rules.ts';
import type { SigningKey } from './signing-key.store.ts';
import { NEVER, signingKeys } from './signing-key.store.ts';

const keepers = roles({ super_admin: 'all' });

const keyView = z.object({
  kid: z.string(),
  state: z.enum(['next', 'signing', 'verifying', 'retired', 'refused']),
  firstSeenAt: instant,
  signsFrom: instant,
  /** Absent while no successor is known. */
  verifiesUntil: instant.optional(),
});

const viewKey = (key: SigningKey, now: Date): z.infer<typeof keyView> => ({
  kid: key._id,
  state: stateOf(key, now),
  firstSeenAt: key.firstSeenAt.toISOString(),
  signsFrom: key.signsFrom.toISOString(),
  ...(key.verifiesUntil < NEVER && { verifiesUntil: (key.refusedAt ?? key.verifiesUntil).toISOString() }),
});

const kid = z.string().min(1).max(100);

export const keyRingRoutes = [
  endpoint({
    method: 'GET',
    path: '/auth/keys',
    summary: 'The keys that access tokens were, are and will be signed with, the newest first.',
    access: keepers,
    query: z.strictObject({ ...pageQuery }),
    output: pageOf(keyView),
    run: async ({ query }, ctx) => {
      const { data, nextCursor } = await ctx.in(signingKeys).page({}, { signsFrom: -1, _id: -1 }, query);
      return uncached({ data: data.map((key) => viewKey(key, ctx.now())), nextCursor });
    },
  }),
  endpoint({
    method: 'POST',
    path: '/auth/keys/rotate',
    summary: 'Sign with a new key, from a minute on; tokens of the old one stay good until they expire.',
    access: keepers,
    output: keyView,
    status: 200,
    errors: [rotationUnderWay],
    run: async (_, ctx) => uncached(viewKey(await rotateKeys(ctx), ctx.now())),
  }),
  endpoint({
    method: 'DELETE',
    path: '/auth/keys/:kid',
    summary: 'Take out a key that is compromised: every token it signed is refused, yours too if it is of that key.',
    access: keepers,
    params: z.object({ kid }),
    status: 204,
    run: async ({ params }, ctx) => {
      await refuseKey(params.kid, ctx);
      return noContent();
    },
  }),
];
