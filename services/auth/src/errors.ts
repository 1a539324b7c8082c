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
export const alreadySo = defineError('auth.already_so', 409, 'The account is in that state already');
