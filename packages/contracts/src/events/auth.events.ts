import { z } from 'zod';
import { defineEvent } from '../event.ts';
import { id, instant } from '../ids.ts';
import { ids, moments } from './examples.ts';
import { at, count, role } from './shapes.ts';

const producer = 'auth';

const who = z.object({ userId: id, role, companyId: id.optional(), shopIds: z.array(id) });
const manager = { userId: ids.manager, role: 'shop_manager', companyId: ids.company, shopIds: [ids.shop] } as const;
const customer = { userId: ids.customer, role: 'customer', shopIds: [] } as const;

export const userRegistered = defineEvent({
  type: 'user.registered',
  producer,
  when: 'An account was made: by its owner, by staff who added a colleague, or at the first start for the super admin. A customer has a `companyId` if they named one, which may not be there.',
  schema: who.extend({ verificationRequired: z.boolean(), registeredAt: instant }),
  example: { ...customer, shopIds: [], verificationRequired: true, registeredAt: moments.placed },
});

export const userUpdated = defineEvent({
  type: 'user.updated',
  producer,
  when: 'A profile, role, company or list of shops changed, or the account proved its address; `changed` names the fields.',
  schema: who.extend({ isActive: z.boolean(), verified: z.boolean(), changed: z.array(z.string()), at }),
  example: { ...manager, shopIds: [ids.shop], isActive: true, verified: true, changed: ['shopIds'], at: moments.placed },
});

export const userDeactivated = defineEvent({
  type: 'user.deactivated',
  producer,
  when: 'An account was switched off and its sessions ended; it cannot log in until it is reactivated.',
  schema: who.extend({ reason: z.enum(['staff', 'self', 'company_deleted']), at }),
  example: { ...manager, shopIds: [ids.shop], reason: 'staff', at: moments.placed },
});

export const userReactivated = defineEvent({
  type: 'user.reactivated',
  producer,
  when: 'A deactivated account was switched on again.',
  schema: who.extend({ at }),
  example: { ...manager, shopIds: [ids.shop], at: moments.placed },
});

export const userErased = defineEvent({
  type: 'user.erased',
  producer,
  when: 'Personal data of an account was anonymised for good; every service does the same with what it holds.',
  schema: z.object({ userId: id, companyId: id.optional(), at }),
  example: { userId: ids.customer, at: moments.placed },
});

export const userLoggedIn = defineEvent({
  type: 'user.logged_in',
  producer,
  when: 'A login by password or by an OpenID provider succeeded, with the second factor where one is on, and a session began.',
  schema: who.omit({ shopIds: true }).extend({
    sessionId: id,
    method: z.enum(['password', 'oidc']),
    secondFactor: z.boolean(),
    at,
  }),
  example: {
    userId: ids.customer,
    role: 'customer',
    sessionId: ids.session,
    method: 'password',
    secondFactor: false,
    at: moments.placed,
  },
});

export const userLoggedOut = defineEvent({
  type: 'user.logged_out',
  producer,
  when: "One session ended, or all of the user's where `sessionId` is absent; a spent refresh token that came back ends its session.",
  schema: z.object({
    userId: id,
    companyId: id.optional(),
    sessionId: id.optional(),
    reason: z.enum(['logout', 'logout_all', 'revoked', 'password_changed', 'deactivated', 'token_reused']),
    at,
  }),
  example: { userId: ids.customer, sessionId: ids.session, reason: 'logout', at: moments.paid },
});

export const userLoginFailed = defineEvent({
  type: 'user.login_failed',
  producer,
  when: 'A login was refused; `userId` is absent when no account was meant.',
  schema: z.object({
    userId: id.optional(),
    companyId: id.optional(),
    reason: z.enum(['wrong_password', 'unknown_account', 'locked', 'unverified', 'deactivated', 'wrong_second_factor']),
    at,
  }),
  example: { userId: ids.customer, reason: 'wrong_password', at: moments.placed },
});

export const userLocked = defineEvent({
  type: 'user.locked',
  producer,
  when: 'Too many failed logins from one network locked the account for that network until `until`; unknown accounts lock alike.',
  schema: z.object({ userId: id.optional(), companyId: id.optional(), failures: count, until: instant, at }),
  example: { userId: ids.customer, failures: 10, until: moments.holdEnds, at: moments.placed },
});

export const userPasswordChanged = defineEvent({
  type: 'user.password_changed',
  producer,
  when: 'An account has a new password: changed by its owner, or set through a reset link.',
  schema: z.object({ userId: id, companyId: id.optional(), cause: z.enum(['changed', 'reset']), at }),
  example: { userId: ids.customer, cause: 'reset', at: moments.placed },
});

export const userPasswordResetRequested = defineEvent({
  type: 'user.password_reset_requested',
  producer,
  when: 'Somebody asked for a link to set a new password; `userId` is absent when no account was meant. Whoever writes the mail asks for the link.',
  schema: z.object({ userId: id.optional(), companyId: id.optional(), at }),
  example: { userId: ids.customer, at: moments.placed },
});

export const userRegistrationRepeated = defineEvent({
  type: 'user.registration_repeated',
  producer,
  when: 'Somebody registered with the address of an account that exists; its owner is told by mail, the caller is not.',
  schema: z.object({ userId: id, companyId: id.optional(), at }),
  example: { userId: ids.customer, at: moments.placed },
});

export const userDeleted = defineEvent({
  type: 'user.deleted',
  producer,
  when: 'Staff deleted an account for good: it is in no list, nobody can log in with it, and its address is free. `user.deactivated` comes before it unless that was so already.',
  schema: who.extend({ at }),
  example: { ...manager, shopIds: [ids.shop], at: moments.placed },
});

export const userSecondFactorChanged = defineEvent({
  type: 'user.second_factor_changed',
  producer,
  when: 'The second factor of an account was begun, turned on or off, its recovery codes were replaced, or one of them was used; `codesLeft` counts what is left of them.',
  schema: z.object({
    userId: id,
    companyId: id.optional(),
    change: z.enum(['begun', 'enabled', 'disabled', 'codes_replaced', 'code_used']),
    codesLeft: count,
    at,
  }),
  example: { userId: ids.customer, change: 'enabled', codesLeft: 10, at: moments.placed },
});

export const userIdentityLinked = defineEvent({
  type: 'user.identity_linked',
  producer,
  when: 'An account of an OpenID provider was joined to an account of ours, by the address that both have verified, or made one.',
  schema: z.object({ userId: id, companyId: id.optional(), provider: z.string(), at }),
  example: { userId: ids.customer, provider: 'example', at: moments.placed },
});

const keyId = 'NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs';

export const keyAdded = defineEvent({
  type: 'key.added',
  producer,
  when: 'A key to sign access tokens with was added; it signs from `signsFrom`, and the one before it verifies until its last token has expired.',
  schema: z.object({ kid: z.string(), signsFrom: instant, at }),
  example: { kid: keyId, signsFrom: moments.paid, at: moments.placed },
});

export const keyRefused = defineEvent({
  type: 'key.refused',
  producer,
  when: 'A key was taken out as compromised: every token it signed is refused from now on.',
  schema: z.object({ kid: z.string(), at }),
  example: { kid: keyId, at: moments.placed },
});
