import { defineError } from '@souk/service-kit';

export const noIntentNeeded = defineError('payment.no_intent_needed', 409, 'This order is paid without an intent');
export const orderNotPayable = defineError('payment.order_not_payable', 409, 'This order does not wait for a payment');
export const noIntent = defineError('payment.no_intent', 409, 'No intent is open for this payment: open one first');
export const captureUnderway = defineError('payment.capture_underway', 409, 'The money is being taken now');
export const declined = defineError('payment.declined', 402, 'The payment was declined: another attempt may follow');
export const meansRefused = defineError('payment.means_refused', 422, 'The gateway does not take this card or payment method');
export const notCaptured = defineError('payment.not_captured', 409, 'Nothing was captured that could be given back');
export const refundTooLarge = defineError(
  'payment.refund_exceeds_captured',
  409,
  'More than what was captured cannot be given back',
);
export const gatewayMissing = defineError('payment.gateway_missing', 409, 'The gateway of this order is not set up here');
export const gatewayUnanswered = defineError('payment.gateway_unanswered', 503, 'The payment gateway does not answer now');
export const webhookUnsigned = defineError(
  'payment.webhook_unsigned',
  401,
  'The webhook is not signed by its gateway, or too old',
);
export const webhookMalformed = defineError('payment.webhook_malformed', 422, 'The webhook is not as its gateway describes it');
