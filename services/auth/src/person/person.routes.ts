import { id } from '@souk/contracts';
import type { Context } from '@souk/service-kit';
import { Answer, endpoint, forbidden, noContent, roles } from '@souk/service-kit';
import { z } from 'zod';
import {
  lastSuperAdmin,
  logInAgain,
  notOnYourself,
  ordersUnderWay,
  passwordNeeded,
  tooManyFailures,
  wrongPassword,
} from '../errors.ts';
import { getUser } from '../user/account.actions.ts';
import { givenPassword } from '../user/user.views.ts';
import { erasePerson } from './erasure.actions.ts';
import { exportPerson } from './export.actions.ts';

/** People on themselves, and the platform on all. */
const selfOrPlatform = roles({
  super_admin: 'all',
  company_admin: 'own',
  shop_manager: 'own',
  shop_staff: 'own',
  customer: 'own',
});
const params = z.object({ id });

/** What cannot be undone, and all that is held of somebody, is for people to ask for. */
function refuseKeys({ caller }: Context): void {
  if (caller?.scopes) throw forbidden('Not by an API key');
}

export const personRoutes = [
  endpoint({
    method: 'POST',
    path: '/users/:id/erase',
    summary: 'Erase a person for good, everywhere; orders and books stay, under an id that leads to nobody.',
    access: selfOrPlatform,
    params,
    body: z.strictObject({ password: givenPassword.optional() }),
    status: 204,
    idempotency: 'none',
    errors: [passwordNeeded, wrongPassword, logInAgain, tooManyFailures, ordersUnderWay, notOnYourself, lastSuperAdmin],
    run: async ({ params, body }, ctx) => {
      refuseKeys(ctx);
      await erasePerson(params.id, body, ctx);
      return noContent();
    },
  }),
  endpoint({
    method: 'GET',
    path: '/users/:id/export',
    summary: 'All that the platform holds of a person, as a ZIP with one file a service.',
    access: selfOrPlatform,
    params,
    run: async ({ params }, ctx) => {
      refuseKeys(ctx);
      const { _id: userId } = await getUser(ctx, params.id);
      return new Answer(200, await exportPerson(userId, ctx), {
        'content-type': 'application/zip',
        'content-disposition': `attachment; filename="${userId}.zip"`,
        'cache-control': 'no-store',
      });
    },
  }),
];
