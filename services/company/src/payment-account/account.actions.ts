import { companyPaymentAccountConnected, companyPaymentAccountRemoved } from '@souk/contracts';
import type { Context } from '@souk/service-kit';
import { matchVersion, notFound } from '@souk/service-kit';
import { about, getCompany, saveCompany } from '../company/company.actions.ts';
import type { GatewayName, PaymentAccount } from './account.store.ts';
import { paymentAccounts } from './account.store.ts';
import type { PaypalKeys, StripeKeys } from './account.views.ts';
import { sealing } from './sealing.ts';
import { tryPaypal, tryStripe } from './trial.ts';

export interface AccountKeys {
  stripe?: StripeKeys | undefined;
  paypal?: PaypalKeys | undefined;
}

const accountId = (companyId: string, gateway: GatewayName): string => `${companyId}:${gateway}`;

/**
 * Keeps a company's own keys, encrypted, once the gateways have taken them; one that is not named stays. Throws notFound,
 * preconditionFailed, accountRefused, gatewayUnanswered, and then keeps none of them.
 */
export async function connectAccounts(
  ctx: Context,
  companyId: string,
  { stripe, paypal }: AccountKeys,
): Promise<PaymentAccount[]> {
  const { version } = await getCompany(ctx, companyId);
  matchVersion(ctx, version);
  if (stripe) await tryStripe(ctx, stripe);
  if (paypal) await tryPaypal(ctx, paypal);
  const connectedAt = ctx.now();
  const made = (gateway: GatewayName, keys: object, secret: string): PaymentAccount => {
    const _id = accountId(companyId, gateway);
    const sealed = sealing.of(ctx).seal(JSON.stringify(keys), _id);
    return { _id, companyId, gateway, sealed, lastFour: secret.slice(-4), connectedAt };
  };
  const accounts = [
    ...(stripe ? [made('stripe', stripe, stripe.secretKey)] : []),
    ...(paypal ? [made('paypal', paypal, paypal.clientSecret)] : []),
  ];
  await keep(ctx, companyId, accounts);
  return listAccounts(ctx, companyId);
}

function keep(ctx: Context, companyId: string, accounts: readonly PaymentAccount[]): Promise<void> {
  return ctx.transaction(async (tx) => {
    const company = await getCompany(tx, companyId);
    matchVersion(ctx, company.version);
    const after = await saveCompany(tx, company, { updatedAt: ctx.now() });
    for (const account of accounts) {
      await tx.in(paymentAccounts).deleteOne({ companyId, gateway: account.gateway });
      await tx.in(paymentAccounts).insertOne(account);
      const data = { companyId, gateway: account.gateway, at: account.connectedAt.toISOString() };
      tx.publish(companyPaymentAccountConnected, { ...about(after), data });
    }
  });
}

/** The accounts of a company that is there. Throws notFound. */
export async function listAccounts(ctx: Context, companyId: string): Promise<PaymentAccount[]> {
  await getCompany(ctx, companyId);
  return ctx.in(paymentAccounts).find({ companyId }, { sort: { gateway: 1 } });
}

/** Forgets the keys of an account; the platform's serves from then on. Throws notFound, preconditionFailed. */
export function removeAccount(ctx: Context, companyId: string, gateway: GatewayName): Promise<void> {
  return ctx.transaction(async (tx) => {
    const company = await getCompany(tx, companyId);
    matchVersion(ctx, company.version);
    const removed = await tx.in(paymentAccounts).deleteOne({ companyId, gateway });
    if (removed === 0) throw notFound();
    const after = await saveCompany(tx, company, { updatedAt: ctx.now() });
    tx.publish(companyPaymentAccountRemoved, { ...about(after), data: { companyId, gateway, at: ctx.now().toISOString() } });
  });
}

/** The keys of an account, for who takes payments through it. Throws notFound, accountUnreadable. */
export async function readKeys(ctx: Context, companyId: string, gateway: GatewayName): Promise<string> {
  await getCompany(ctx, companyId);
  const account = await ctx.in(paymentAccounts).findOne({ companyId, gateway });
  if (!account) throw notFound();
  return sealing.of(ctx).open(account.sealed, account._id);
}
