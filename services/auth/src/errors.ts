import { defineError } from '@souk/service-kit';

/** One answer for a wrong password and an unknown address: nobody learns which addresses have accounts. */
export const wrongCredentials = defineError('auth.wrong_credentials', 401, 'Address or password is wrong');
export const tooManyFailures = defineError(
  'auth.too_many_failures',
  429,
  'Too many failed logins from your network: try again later',
);
export const emailNotVerified = defineError('auth.email_not_verified', 403, 'Follow the link in the mail we sent you first');
export const accountDeactivated = defineError('auth.account_deactivated', 403, 'This account is switched off');
export const refreshRefused = defineError('auth.refresh_refused', 401, 'This refresh token is not valid: log in again');
export const wrongPassword = defineError('auth.wrong_password', 403, 'The current password is wrong');
export const weakPassword = defineError('auth.weak_password', 422, 'This password is too easy to guess');
export const linkInvalid = defineError('auth.link_invalid', 422, 'The link was used already, has expired or never was');
export const emailTaken = defineError('auth.email_taken', 409, 'An account with this address exists');
export const roleNotAllowed = defineError('auth.role_not_allowed', 403, 'Your role may not give this role');
export const companyNeeded = defineError('auth.company_needed', 422, 'This role belongs to a company: name it');
export const companyGone = defineError('auth.company_gone', 409, 'The company of this account was deleted');
export const notOnYourself = defineError('auth.not_on_yourself', 409, 'Somebody else must do this to your account');
export const lastSuperAdmin = defineError('auth.last_super_admin', 409, 'The last super admin stays');
export const addressBookFull = defineError('auth.address_book_full', 409, 'An address book holds fifty addresses');
export const passwordNeeded = defineError('auth.password_needed', 422, 'Give your password');
export const logInAgain = defineError('auth.login_again', 403, 'Log in again first: this needs a login of the last ten minutes');
export const ordersUnderWay = defineError(
  'auth.orders_under_way',
  409,
  'Orders are under way: cancel them, or wait for them first',
);
export const apiKeysFull = defineError('auth.api_keys_full', 409, 'There are a hundred keys already: delete one first');
export const alreadySo = defineError('auth.already_so', 409, 'The account is in that state already');
/** Carries `challenge`, which ends the login with a code at POST /auth/login/second-factor, and `expiresIn` in seconds. */
export const secondFactorRequired = defineError('auth.second_factor_required', 401, 'A code of your second factor is needed');
export const challengeRefused = defineError('auth.challenge_refused', 401, 'This login took too long or has ended: log in again');
export const wrongCode = defineError('auth.wrong_code', 403, 'The code is wrong or was used already');
export const factorIsOn = defineError('auth.second_factor_on', 409, 'The account has a second factor');
export const factorIsOff = defineError('auth.second_factor_off', 409, 'The account has no second factor');
export const rotationUnderWay = defineError(
  'auth.rotation_under_way',
  409,
  'A new key waits for its first token: rotate again later',
);
export const planLimitReached = defineError('plan.limit_reached', 409, 'The plan of the company allows no more of these');
export const oidcRefused = defineError('auth.oidc_refused', 401, 'This login by a provider is not as it was begun: begin again');
export const providerAway = defineError('auth.provider_away', 503, 'The provider does not answer now');
export const addressNotVouched = defineError('auth.address_not_vouched', 403, 'The provider has not verified your address');
export const notForProvider = defineError(
  'auth.not_for_provider',
  403,
  'This provider does not open an account with that address',
);
