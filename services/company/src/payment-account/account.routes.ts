import { id } from '@souk/contracts';
import { endpoint, noContent, pageOf, preconditionFailed, roles, services } from '@souk/service-kit';
import { z } from 'zod';
import { accountRefused, accountUnreadable, gatewayUnanswered } from '../errors.ts';
import { connectAccounts, listAccounts, readKeys, removeAccount } from './account.actions.ts';
import type { PaymentAccount } from './account.store.ts';
import { GATEWAYS } from './account.store.ts';
import { accountView, paypalKeys, stripeKeys, viewAccount } from './account.views.ts';

const params = z.object({ id });
const oneAccount = z.object({ id, gateway: z.enum(GATEWAYS) });
const ofCompany = roles({ super_admin: 'all', company_admin: 'company' });
/** There are as many at most as there are gateways: one page. */
const output = pageOf(accountView);
const showAll = (accounts: readonly PaymentAccount[]) => ({ data: accounts.map(viewAccount), nextCursor: null });

const keys = { stripe: stripeKeys.optional(), paypal: paypalKeys.optional() };
const isAny = ({ stripe, paypal }: { stripe?: object | undefined; paypal?: object | undefined }) =>
  stripe !== undefined || paypal !== undefined;

export const accountRoutes = [
  endpoint({
    method: 'GET',
    path: '/companies/:id/payment-accounts',
    summary: "Lists a company's own accounts with payment gateways; of their keys the last four characters.",
    access: ofCompany,
    params,
    output,
    run: async ({ params: { id: companyId } }, ctx) => showAll(await listAccounts(ctx, companyId)),
  }),
  endpoint({
    method: 'PUT',
    path: '/companies/:id/payment-accounts',
    summary: 'Keeps the keys of own accounts, encrypted, after the gateways have taken them; one that is not named stays.',
    access: ofCompany,
    idempotency: 'none',
    params,
    body: z.strictObject(keys).refine(isAny, { message: 'name at least one account', path: ['stripe'] }),
    output,
    errors: [preconditionFailed, accountRefused, gatewayUnanswered],
    run: async ({ params: { id: companyId }, body }, ctx) => showAll(await connectAccounts(ctx, companyId, body)),
  }),
  endpoint({
    method: 'DELETE',
    path: '/companies/:id/payment-accounts/:gateway',
    summary: "Forgets the keys of an own account; the platform's serves from then on.",
    access: ofCompany,
    params: oneAccount,
    status: 204,
    errors: [preconditionFailed],
    run: async ({ params: { id: companyId, gateway } }, ctx) => {
      await removeAccount(ctx, companyId, gateway);
      return noContent();
    },
  }),
  endpoint({
    method: 'GET',
    path: '/internal/companies/:id/payment-accounts/:gateway',
    summary: 'The keys of a company at a gateway, for taking payments through its own account.',
    access: services('payment'),
    params: oneAccount,
    output: z.union([stripeKeys, paypalKeys]),
    errors: [accountUnreadable],
    run: async ({ params: { id: companyId, gateway } }, ctx) => {
      const kept: unknown = JSON.parse(await readKeys(ctx, companyId, gateway));
      return gateway === 'stripe' ? stripeKeys.parse(kept) : paypalKeys.parse(kept);
    },
  }),
];
