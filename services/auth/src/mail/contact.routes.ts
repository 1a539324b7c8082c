import { findUserByEmail, getContact, mintMailToken } from '@souk/contracts';
import { implement, services } from '@souk/service-kit';
import { uncached } from '../uncached.ts';
import { findOwner, getRecipient, mintToken } from './mail-token.actions.ts';

/** What services that write to people ask. */
export const contactRoutes = [
  implement(getContact, services(), async ({ params }, ctx) => {
    const { _id: userId, email, name, locale, isActive } = await getRecipient(params.id, ctx);
    return { userId, email, name, ...(locale && { locale }), isActive };
  }),
  // A key would keep whose an address is, which only auth may.
  {
    ...implement(findUserByEmail, services('sales'), async ({ body: { email } }, ctx) => {
      const owner = await findOwner(email, ctx);
      return { ...(owner && { userId: owner._id }) };
    }),
    ignoresKeys: true,
  },
  // A key would keep the answer, and with it the token, for a day: the token is stored as a digest only.
  {
    ...implement(mintMailToken, services('notification'), async ({ params, body }, ctx) =>
      uncached(await mintToken({ id: params.id, purpose: body.purpose }, ctx)),
    ),
    ignoresKeys: true,
  },
];
