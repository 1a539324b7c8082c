import { customerSegment, id, instant, money } from '@souk/contracts';
import { z } from 'zod';
import type { Order } from '../order.model.ts';
import type { Contact } from './contact.actions.ts';
import type { Customer } from './customer.store.ts';
import type { Spending } from './spending.store.ts';

/** A customer as staff see one; name and address are absent while auth does not answer. */
export const customerView = z.object({
  id,
  companyId: id,
  customerId: id,
  shopIds: z.array(id),
  name: z.string().optional(),
  email: z.string().optional(),
  source: z.enum(['order', 'checkout', 'registration']),
  segment: customerSegment,
  segmentBy: z.enum(['spend', 'staff']),
  /** For staff only. */
  notes: z.string().optional(),
  /** For staff only. */
  tags: z.array(z.string()).optional(),
  createdAt: instant,
  updatedAt: instant,
  version: z.int(),
});

export interface Seen {
  contact: Contact | undefined;
  isStaff: boolean;
}

export function viewCustomer(customer: Customer, { contact, isStaff }: Seen): z.infer<typeof customerView> {
  const { _id, companyId, customerId, shopIds, source, segment, segmentBy, notes, tags, version } = customer;
  return {
    ...{ id: _id, companyId, customerId, shopIds, source, segment, segmentBy, version },
    ...contact,
    ...(isStaff && { notes, tags }),
    createdAt: customer.createdAt.toISOString(),
    updatedAt: customer.updatedAt.toISOString(),
  };
}

/** What somebody's orders come to, less what was given back; cancelled ones and those that never became certain do not count. */
export const customerOrdersView = z.object({
  count: z.int(),
  totals: z.array(z.object({ count: z.int(), total: money, average: money })),
  last: z.object({ orderId: id, orderNumber: z.string(), placedAt: instant }).optional(),
});

export function viewCustomerOrders(sums: readonly Spending[], last: Order | null): z.infer<typeof customerOrdersView> {
  const totals = sums.map(({ _id: currency, count, total, refunded }) => {
    const amount = total - refunded;
    return { count, total: { amount, currency }, average: { amount: Math.round(amount / count), currency } };
  });
  return {
    count: sums.reduce((sum, { count }) => sum + count, 0),
    totals,
    ...(last && { last: { orderId: last._id, orderNumber: last.orderNumber, placedAt: last.placedAt.toISOString() } }),
  };
}
