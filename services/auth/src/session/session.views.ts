import { instant } from '@souk/contracts';
import { z } from 'zod';
import type { User } from '../user/user.store.ts';
import { userView, viewUser } from '../user/user.views.ts';
import type { Tokens } from './session.actions.ts';

export const tokensView = z.object({
  accessToken: z.string(),
  tokenType: z.literal('Bearer'),
  expiresIn: z.int(),
  refreshToken: z.string(),
  refreshExpiresAt: instant,
});

/** What every login ends with. */
export const loginView = tokensView.extend({ user: userView });

export const viewLogin = ({ tokens, user }: { tokens: Tokens; user: User }): z.infer<typeof loginView> => ({
  ...tokens,
  user: viewUser(user),
});
