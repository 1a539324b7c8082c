import { z } from 'zod';
import { defineCall } from '../call.ts';
import { id, instant } from '../ids.ts';

/** A public key as RFC 7517 has it. */
export const jwk = z.object({
  kid: z.string(),
  kty: z.string(),
  crv: z.string(),
  x: z.string(),
  y: z.string(),
  use: z.string(),
  alg: z.string(),
});

export const fetchJwks = defineCall({
  service: 'auth',
  method: 'GET',
  path: '/.well-known/jwks.json',
  summary: 'The public keys that verify access tokens.',
  output: z.object({ keys: z.array(jwk) }),
});

export const listRevocations = defineCall({
  service: 'auth',
  method: 'GET',
  path: '/auth/revocations',
  summary: 'Sessions and users whose tokens ended since a cursor, and all companies that may not write now.',
  query: z.object({
    after: z
      .string()
      .regex(/^\d{1,15}$/)
      .optional(),
  }),
  output: z.object({
    revocations: z.array(z.object({ sid: id.optional(), userId: id.optional(), before: z.number() })),
    cursor: z.string(),
    suspended: z.array(z.object({ companyId: id, reason: z.string() })).default([]),
    /** The ids of the keys that verify now, in one string: whoever sees it change fetches them anew. */
    keySet: z.string().default(''),
  }),
});

/** For the gateway, which lets service accounts in by their keys: everybody behind it only knows tokens. */
export const exchangeApiKey = defineCall({
  service: 'auth',
  method: 'POST',
  path: '/internal/api-keys/exchange',
  summary: 'An access token for the key of a service account, and how often it may ask.',
  body: z.strictObject({ key: z.string().min(1).max(200) }),
  output: z.object({ token: z.string(), expiresAt: instant, limitPerMinute: z.int() }),
});

/** How to reach a user. Events never carry it: whoever writes to a person asks at that moment. */
export const getContact = defineCall({
  service: 'auth',
  method: 'GET',
  path: '/internal/users/:id/contact',
  summary: 'Name and address of a user.',
  params: z.object({ id }),
  output: z.object({ userId: id, email: z.email(), name: z.string(), locale: z.string().optional(), isActive: z.boolean() }),
});

/** Whose an address is. It stands in the body, because addresses of requests are logged; `userId` is absent when it is nobody's. */
export const findUserByEmail = defineCall({
  service: 'auth',
  method: 'POST',
  path: '/internal/users/find-by-email',
  summary: 'Which user has an address.',
  body: z.strictObject({ email: z.email().max(254) }),
  output: z.object({ userId: id.optional() }),
});

/**
 * The secret of a link in a mail. Events carry none, so whoever writes the mail asks at that moment. `verify`: after `user.registered`;
 * `reset`: after `user.password_reset_requested`; `known`: after `user.registration_repeated`. `opens` says what the link must lead to:
 * an account that has no password yet is always sent to set one, which proves its address too.
 */
export const mintMailToken = defineCall({
  service: 'auth',
  method: 'POST',
  path: '/internal/users/:id/mail-tokens',
  summary: 'Address and name of a user with a fresh single-use token for a link in a mail.',
  params: z.object({ id }),
  body: z.strictObject({ purpose: z.enum(['verify', 'reset', 'known']) }),
  output: z.object({
    email: z.email(),
    name: z.string(),
    locale: z.string().optional(),
    token: z.string(),
    expiresAt: instant,
    opens: z.enum(['verify_email', 'reset_password']),
  }),
});
