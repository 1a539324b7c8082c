// Users, roles, sessions and tokens. Auth alone signs access tokens; every other service verifies them with its public keys and asks
// it once a second which sessions ended. An account belongs to a person over all companies; staff also carry company and shops.

import {
  apikeyCreated,
  apikeyDeleted,
  keyAdded,
  keyRefused,
  userDeactivated,
  userDeleted,
  userErased,
  userIdentityLinked,
  userLocked,
  userLoggedIn,
  userLoggedOut,
  userLoginFailed,
  userPasswordChanged,
  userPasswordResetRequested,
  userReactivated,
  userRegistered,
  userRegistrationRepeated,
  userSecondFactorChanged,
  userUpdated,
} from '@souk/contracts';
import { offboarding } from '@souk/offboarding';
import { defineService } from '@souk/service-kit';
import { addressRoutes } from './address/address.routes.ts';
import { addresses } from './address/address.store.ts';
import { apiKeyRoutes } from './api-key/api-key.routes.ts';
import { apiKeys } from './api-key/api-key.store.ts';
import { config } from './config.ts';
import { attempts } from './login/attempt.store.ts';
import { loginRoutes } from './login/login.routes.ts';
import { contactRoutes } from './mail/contact.routes.ts';
import { mailTokens } from './mail/mail-token.store.ts';
import { registrationRoutes } from './mail/registration.routes.ts';
import { migrations } from './migrations.ts';
import { keeps, removals } from './offboarding.ts';
import { flows } from './oidc/flow.store.ts';
import { identities } from './oidc/identity.store.ts';
import { oidcRoutes } from './oidc/oidc.routes.ts';
import { providers } from './oidc/provider.ts';
import { passwords } from './passwords.ts';
import { permissionSubscriptions } from './permission/permission.events.ts';
import { withheldPermissions } from './permission/permission.store.ts';
import { personRoutes } from './person/person.routes.ts';
import { planSubscriptions } from './plan/plan.events.ts';
import { planLimits } from './plan/plan.store.ts';
import { sealing } from './sealing.ts';
import { challenges } from './second-factor/challenge.store.ts';
import { secondFactorRoutes } from './second-factor/second-factor.routes.ts';
import { secondFactors } from './second-factor/second-factor.store.ts';
import { keyRoutes } from './session/key.routes.ts';
import { revocationPositions, revocations } from './session/revocation.store.ts';
import { sessionRoutes } from './session/session.routes.ts';
import { refreshTokens, sessions } from './session/session.store.ts';
import { standingSubscriptions } from './session/standing.events.ts';
import { standings } from './session/standing.store.ts';
import { keyFigures } from './signing-key/key.figures.ts';
import { keyRingJobs } from './signing-key/key-ring.jobs.ts';
import { keyRingRoutes } from './signing-key/key-ring.routes.ts';
import { signing } from './signing-key/signing.ts';
import { signingKeys } from './signing-key/signing-key.store.ts';
import { departed } from './user/departure.store.ts';
import { guards } from './user/guard.store.ts';
import { profileRoutes } from './user/profile.routes.ts';
import { roundJobs } from './user/round.jobs.ts';
import { rounds } from './user/round.store.ts';
import { closeCompany } from './user/staffing.actions.ts';
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
    ...secondFactorRoutes,
    ...oidcRoutes,
    ...sessionRoutes,
    ...keyRoutes,
    ...keyRingRoutes,
    ...profileRoutes,
    ...userRoutes,
    ...addressRoutes,
    ...apiKeyRoutes,
    ...personRoutes,
    ...contactRoutes,
  ],
  publishes: [
    apikeyCreated,
    apikeyDeleted,
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
    userSecondFactorChanged,
    userIdentityLinked,
    userDeleted,
    userErased,
    keyAdded,
    keyRefused,
  ],
  ...offboarding({
    subscriptions: [...staffingSubscriptions, ...permissionSubscriptions, ...standingSubscriptions, ...planSubscriptions],
    stores: [
      users,
      staffings,
      tombstones,
      guards,
      planLimits,
      sessions,
      refreshTokens,
      revocations,
      revocationPositions,
      attempts,
      mailTokens,
      addresses,
      apiKeys,
      withheldPermissions,
      standings,
      signingKeys,
      secondFactors,
      challenges,
      flows,
      identities,
      departed,
      rounds,
    ],
    jobs: [...keyRingJobs, ...roundJobs],
    also: removals,
    keeps,
    close: closeCompany,
  }),
  resources: [passwords, sealing, signing, providers],
  figures: keyFigures,
  migrations,
});
