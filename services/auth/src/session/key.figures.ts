import type { Figure } from '@souk/service-kit';
import { signing } from './signing.ts';

export const keyFigures: readonly Figure[] = [
  {
    name: 'souk_key_age_seconds',
    help: 'Time since a service first started with the key that is in use',
    label: 'key',
    read: async (ctx) => ({ 'auth-signing-key': (ctx.now().getTime() - signing.of(ctx).firstSeenAt.getTime()) / 1000 }),
  },
];
