import type { Figure } from '@souk/service-kit';
import { getSigner } from './key-ring.actions.ts';

export const keyFigures: readonly Figure[] = [
  {
    name: 'souk_key_age_seconds',
    help: 'Time since auth first had the key that signs',
    label: 'key',
    read: async (ctx) => ({ 'auth-signing-key': (ctx.now().getTime() - (await getSigner(ctx)).firstSeenAt.getTime()) / 1000 }),
  },
];
