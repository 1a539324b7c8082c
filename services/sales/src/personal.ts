import { personalIn } from '@souk/personal-data';
import { customers } from './customer/customer.store.ts';
import { orders } from './order.store.ts';

/** Written over what named a person; country and state stay, because tax was charged by them. */
const ERASED = 'erased';

/** Orders are kept, as the books need them; where they were sent is not. */
const placedOrders = personalIn(orders, {
  by: 'customerId',
  hidden: ['answers', 'asks', 'nextDeadlineAt', 'traceparent'],
  erase: {
    where: { 'shippingAddress.line1': { $exists: true, $ne: ERASED } },
    update: {
      $set: Object.fromEntries(['name', 'line1', 'city', 'postalCode'].map((field) => [`shippingAddress.${field}`, ERASED])),
      $unset: { 'shippingAddress.line2': '', 'shippingAddress.phone': '' },
    },
  },
});

/** A profile's figures stay with the orders that they are made of; what staff wrote of the person does not. */
const profiles = personalIn(customers, {
  by: 'customerId',
  hidden: ['personKey', 'judgedAt', 'nextCheckAt'],
  erase: {
    where: { $or: [{ notes: { $ne: '' } }, { tags: { $ne: [] } }] },
    update: { $set: { notes: '', tags: [] }, $inc: { version: 1 } },
  },
});

/** What sales holds of people. */
export const personal = [placedOrders, profiles];
