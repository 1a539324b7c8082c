import {
  userLocked,
  userPasswordChanged,
  userPasswordResetRequested,
  userRegistered,
  userRegistrationRepeated,
} from '@souk/contracts';
import { on } from '@souk/service-kit';
import { notify } from '../notification/notification.actions.ts';
import { accountKnown, accountLocked, accountMade, passwordChanged, passwordReset, welcome } from '../templates/account.ts';
import { readableTime } from '../templates/letter.ts';
import { lately } from './lately.ts';

export const accountEvents = [
  on(
    userRegistered,
    ({ data }, ctx) => {
      // An account is its owner's, also where they made it with a company; of staff it is the company's too.
      const about = data.role === 'customer' ? { userId: data.userId } : data;
      return notify(ctx, about, { template: data.verificationRequired ? accountMade : welcome, variables: {} });
    },
    lately,
  ),
  on(userPasswordResetRequested, ({ data }, ctx) => notify(ctx, data, { template: passwordReset, variables: {} }), lately),
  on(userRegistrationRepeated, ({ data }, ctx) => notify(ctx, data, { template: accountKnown, variables: {} }), lately),
  on(
    userLocked,
    ({ data }, ctx) =>
      notify(ctx, data, { template: accountLocked, variables: { failures: data.failures, until: readableTime(data.until) } }),
    lately,
  ),
  on(userPasswordChanged, ({ data }, ctx) => notify(ctx, data, { template: passwordChanged, variables: {} }), lately),
];
