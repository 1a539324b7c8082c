import { personalIn } from '@souk/personal-data';
import { orders } from './order.store.ts';

/** Written over what named a person; country and state stay, because tax was charged by them. */
const ERASED = 'erased';

/** Orders are kept, as the books need them; where they were sent is not. */
const placedOrders = personalIn(orders, {
  by: 'customerId',
  hidden: ['answers', 'asks', 'nextDeadlineAt', 'traceparent'],
  erase: {
    where: { shippingAddress: { $exists: true } },
    update: {
      $set: Object.fromEntries(['name', 'line1', 'city', 'postalCode'].map((field) => [`shippingAddress.${field}`, ERASED])),
      $unset: { 'shippingAddress.line2': '', 'shippingAddress.phone': '' },
    },
  },
});

/** What sales holds of people. */
export const personal = [placedOrders];
