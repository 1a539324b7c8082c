// Users, roles, sessions and tokens. Auth alone signs access tokens; every other service verifies them with its public keys and asks
// it once a second which sessions ended. An account belongs to a person over all companies; staff also carry company and shops.

import {
  userDeactivated,
  userLocked,
  userLoggedIn,
  userLoggedOut,
  userLoginFailed,
  userPasswordChanged,
  userPasswordResetRequested,
  userReactivated,
  userRegistered,
  userRegistrationRepeated,
  userUpdated,
} from '@souk/contracts';
import { defineService } from '@souk/service-kit';
import { addressRoutes } from './address/address.routes.ts';
import { addresses } from './address/address.store.ts';
import { config } from './config.ts';
import { attempts } from './login/attempt.store.ts';
import { loginRoutes } from './login/login.routes.ts';
import { contactRoutes } from './mail/contact.routes.ts';
import { mailTokens } from './mail/mail-token.store.ts';
import { registrationRoutes } from './mail/registration.routes.ts';
import { migrations } from './migrations.ts';
import { passwords } from './passwords.ts';
import { keyFigures } from './session/key.figures.ts';
import { keyRoutes } from './session/key.routes.ts';
import { revocationPositions, revocations } from './session/revocation.store.ts';
import { sessionRoutes } from './session/session.routes.ts';
import { refreshTokens, sessions } from './session/session.store.ts';
import { signing } from './session/signing.ts';
import { signingKeys } from './session/signing-key.store.ts';
import { standingSubscriptions } from './session/standing.events.ts';
import { standings } from './session/standing.store.ts';
import { guards } from './user/guard.store.ts';
import { profileRoutes } from './user/profile.routes.ts';
import { staffingSubscriptions } from './user/staffing.events.ts';
import { staffings, tombstones } from './user/staffing.store.ts';
import { userRoutes } from './user/user.routes.ts';
import { users } from './user/user.store.ts';

export const service = defineService({
  name: 'auth',
  purpose: 'Users, roles, sessions and tokens.',
  port: 8001,
  config,
  endpoints: [
    ...registrationRoutes,
    ...loginRoutes,
    ...sessionRoutes,
    ...keyRoutes,
    ...profileRoutes,
    ...userRoutes,
    ...addressRoutes,
    ...contactRoutes,
  ],
  publishes: [
    userRegistered,
    userRegistrationRepeated,
    userUpdated,
    userDeactivated,
    userReactivated,
    userLoggedIn,
    userLoggedOut,
    userLoginFailed,
    userLocked,
    userPasswordChanged,
    userPasswordResetRequested,
  ],
  subscriptions: [...staffingSubscriptions, ...standingSubscriptions],
  stores: [
    users,
    staffings,
    tombstones,
    guards,
    sessions,
    refreshTokens,
    revocations,
    revocationPositions,
    attempts,
    mailTokens,
    addresses,
    standings,
    signingKeys,
  ],
  resources: [passwords, signing],
  figures: keyFigures,
  migrations,
});
