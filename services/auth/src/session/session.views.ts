import { instant } from '@souk/contracts';
import { z } from 'zod';

export const tokensView = z.object({
  accessToken: z.string(),
  tokenType: z.literal('Bearer'),
  expiresIn: z.int(),
  refreshToken: z.string(),
  refreshExpiresAt: instant,
});
