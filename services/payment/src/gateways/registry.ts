import type { Payment, Terms } from '../payment/payment.rules.ts';
import { account } from './account.gateway.ts';
import { cash } from './cash.gateway.ts';
import type { Gateway, IntentGateway } from './gateway.ts';
import { sandbox } from './sandbox.gateway.ts';

/** Every gateway there is. Adding one is its file and its name here. */
const GATEWAYS: readonly Gateway[] = [sandbox, cash, account];

export const intentGateways: readonly IntentGateway[] = GATEWAYS.filter(
  (gateway): gateway is IntentGateway => gateway.settlement === 'by_intent',
);

/** The gateway with intents that a payment goes through; undefined when it needs none or it is not set up. */
export const findIntentGateway = ({ gateway }: Payment): IntentGateway | undefined =>
  intentGateways.find(({ name }) => name === gateway);

/** How a payment is settled and booked. One whose gateway is not set up waits for an intent that cannot be opened. */
export function termsOf(payment: Payment): Terms {
  const gateway = GATEWAYS.find(({ name }) => name === payment.gateway);
  return gateway
    ? { settlement: gateway.settlement, account: gateway.account(payment) }
    : { settlement: 'by_intent', account: 'gateway_clearing' };
}
