import { id } from '@souk/contracts';
import type { Context } from '@souk/service-kit';
import { Answer, accepted, created, endpoint, preconditionFailed, roles, versioned } from '@souk/service-kit';
import { z } from 'zod';
import {
  captureUnderway,
  declined,
  gatewayMissing,
  gatewayUnanswered,
  meansRefused,
  noIntent,
  noIntentNeeded,
  orderNotPayable,
} from '../errors.ts';
import type { Means } from '../gateways/gateway.ts';
import { cancelPayment, confirmPayment, openIntent } from './intent.actions.ts';
import { intentView, paymentView, showIntent, showPayment } from './payment.views.ts';

/** Who pays: the buyer, or the shop's staff for them. */
const payers = roles({ company_admin: 'company', shop_manager: 'shops', shop_staff: 'shops', customer: 'own' });

const card = z.strictObject({
  number: z.string().regex(/^[0-9][0-9 ]{10,22}[0-9]$/),
  expMonth: z.int().min(1).max(12).optional(),
  expYear: z.int().min(2000).max(2100).optional(),
});
const means = { card: card.optional(), paymentMethodId: z.string().min(1).max(100).optional() };
const isOne = (body: { card?: object | undefined; paymentMethodId?: string | undefined }) =>
  (body.card === undefined) !== (body.paymentMethodId === undefined);
const eitherOr = { message: 'give either card or paymentMethodId', path: ['card'] };

type MeansBody = { card?: z.infer<typeof card> | undefined; paymentMethodId?: string | undefined };
const meansOf = ({ card: given, paymentMethodId = '' }: MeansBody): Means => (given ? { card: given } : { paymentMethodId });

async function confirmed(ctx: Context, paymentId: string, given: Means) {
  const payment = await confirmPayment(ctx, paymentId, given);
  const view = showPayment(payment);
  return payment.status === 'processing' ? accepted(view, `/payments/${paymentId}/status`) : versioned(view, payment.version);
}

const confirmErrors = [preconditionFailed, orderNotPayable, noIntentNeeded, noIntent, declined, meansRefused, gatewayMissing];

export const intentEndpoints = [
  {
    ...endpoint({
      method: 'POST',
      path: '/payments/intent',
      summary: "Opens an order's one intent (201), or returns the one that is open (200).",
      access: payers,
      idempotency: 'required',
      body: z.strictObject({ orderId: id }),
      output: intentView,
      errors: [noIntentNeeded, orderNotPayable, gatewayMissing, gatewayUnanswered],
      run: async ({ body: { orderId } }, ctx) => {
        const { payment, isNew } = await openIntent(ctx, orderId);
        const view = showIntent(payment);
        return isNew ? created(view, `/payments/${payment._id}`) : new Answer(200, view);
      },
    }),
    otherStatuses: [200],
  },
  {
    ...endpoint({
      method: 'POST',
      path: '/payments/process',
      summary: 'Confirms a payment with a card or a stored method. 202 while the gateway has not told the outcome.',
      access: payers,
      idempotency: 'required',
      status: 200,
      body: z.strictObject({ paymentId: id, ...means }).refine(isOne, eitherOr),
      output: paymentView,
      errors: confirmErrors,
      run: ({ body }, ctx) => confirmed(ctx, body.paymentId, meansOf(body)),
    }),
    otherStatuses: [202],
  },
  {
    ...endpoint({
      method: 'POST',
      path: '/payments/:id/confirm',
      summary: 'The same as `POST /payments/process`, by path.',
      access: payers,
      idempotency: 'required',
      status: 200,
      params: z.object({ id }),
      body: z.strictObject(means).refine(isOne, eitherOr),
      output: paymentView,
      errors: confirmErrors,
      run: ({ params: { id: paymentId }, body }, ctx) => confirmed(ctx, paymentId, meansOf(body)),
    }),
    otherStatuses: [202],
  },
  endpoint({
    method: 'POST',
    path: '/payments/:id/cancel',
    summary: 'Gives the open attempt up and voids it at the gateway; while the order waits, another may be opened.',
    access: payers,
    idempotency: 'required',
    status: 200,
    params: z.object({ id }),
    output: paymentView,
    errors: [preconditionFailed, orderNotPayable, noIntentNeeded, noIntent, captureUnderway],
    run: async ({ params: { id: paymentId } }, ctx) => {
      const payment = await cancelPayment(ctx, paymentId);
      return versioned(showPayment(payment), payment.version);
    },
  }),
];
