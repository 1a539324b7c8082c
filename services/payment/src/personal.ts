import { personalIn } from '@souk/personal-data';
import { payments } from './payment/payment.store.ts';

/** What payment holds of people: how their orders were paid. It knows them by their ids alone. */
export const personal = [
  personalIn(payments, { by: 'customerId', hidden: ['intent', 'discarded', 'attempts', 'tries', 'nextCheckAt', 'traceparent'] }),
];
