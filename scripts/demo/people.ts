import { setTimeout as sleep } from 'node:timers/promises';
import type { Api } from './api.ts';

export interface Account {
  email: string;
  password: string;
}

export interface SignedIn extends Account {
  userId: string;
  token: string;
  refreshToken: string;
}

/** One password for all demo people. The demo runs on a developer's machine only; nothing of it is in the services. */
export const DEMO_PASSWORD = 'Demo-Bazaar-2026';
export const DEMO_CUSTOMER = { name: 'Demo Customer', email: 'customer@example.com', password: DEMO_PASSWORD };

const MAIL_TRIES = 240;
const MAIL_POLL_MS = 250;

/** The token in the newest mail to `email` whose text has one. Throws when none comes within a minute. */
export async function mailedToken(mailUrl: string, email: string, since = 0): Promise<string> {
  for (let tries = 0; tries < MAIL_TRIES; tries += 1) {
    const answer = await fetch(`${mailUrl}/email?to=${encodeURIComponent(email)}`);
    const mails = (await answer.json()) as { text: string; receivedAt: string }[];
    const fresh = mails.filter((mail) => Date.parse(mail.receivedAt) >= since).reverse();
    const token = fresh.map((mail) => /token=([\w-]+)/.exec(mail.text)?.[1]).find((found) => found !== undefined);
    if (token !== undefined) return token;
    await sleep(MAIL_POLL_MS);
  }
  throw new Error(`no mail with a link came to ${email}`);
}

/** Signs in; the access token is good for 15 minutes. */
export async function signIn(api: Api, account: Account): Promise<SignedIn> {
  const body = await api.insist('POST', '/auth/login', { body: { email: account.email, password: account.password } });
  const claims = JSON.parse(Buffer.from(String(body.accessToken.split('.')[1]), 'base64url').toString());
  return { ...account, userId: claims.userId, token: body.accessToken, refreshToken: body.refreshToken };
}

/** Registers a customer, follows the mailed link and signs in. */
export async function registerCustomer(api: Api, mailUrl: string, account: Account & { name: string }): Promise<SignedIn> {
  const { name, email, password } = account;
  await api.ask('POST', '/auth/register', { body: { name, email, password } });
  await api.insist('POST', '/auth/verify-email', { body: { token: await mailedToken(mailUrl, email) } });
  return signIn(api, account);
}

/** Sets the password of an account by a mailed link, as its owner can at any time, and signs in. */
export async function takeOver(api: Api, mailUrl: string, account: Account): Promise<SignedIn> {
  const { email, password } = account;
  const since = Date.now();
  await api.insist('POST', '/auth/forgot-password', { body: { email } });
  await api.insist('POST', '/auth/reset-password', { body: { token: await mailedToken(mailUrl, email, since), password } });
  return signIn(api, account);
}

/** Adds a colleague, follows the mailed link to set the password and signs in; an account that is there is taken over. */
export async function hire(
  api: Api,
  mailUrl: string,
  person: Account & { name: string; role: string; companyId?: string; by: string },
): Promise<SignedIn> {
  const { name, email, password, role, companyId, by } = person;
  const body = { name, email, role, ...(companyId && { companyId }) };
  const taken = 'auth.email_taken';
  const until = (status: number, answer: { code: string }) => status < 300 || answer.code === taken;
  const { code } = await api.insist('POST', '/users', { token: by, body, until });
  if (code === taken) return takeOver(api, mailUrl, person);
  await api.insist('POST', '/auth/reset-password', { body: { token: await mailedToken(mailUrl, email), password } });
  return signIn(api, person);
}
