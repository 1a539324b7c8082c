import { facts, of, perMinute } from './expressions.ts';
import type { Dashboard } from './grafana.ts';

/** Counters begin when a kind of fact first happens to a replica, so the first one is not in an increase. */
const perHour = (types: readonly string[]) => `sum by (type) (increase(${facts(types)}[1h]))`;

export const business: Dashboard = {
  name: 'business',
  title: 'Business',
  description: 'What the platform sells. Sums by company, shop and product are in analytics, exact and for their owners.',
  rows: [
    {
      title: 'Today',
      panels: [
        {
          title: 'Revenue since midnight UTC',
          description:
            'What was sold less what was given back, in minor units (cents) of each currency that a company trades in.',
          unit: 'none',
          isFigure: true,
          lines: [['{{currency}}', `max by (currency) (souk_revenue_today_minor_units${of()})`]],
        },
        {
          title: 'Revenue over the day',
          description: 'As beside, over time: it begins anew at midnight UTC, and a refund lowers it.',
          unit: 'short',
          lines: [['{{currency}}', `max by (currency) (souk_revenue_today_minor_units${of()})`]],
        },
        {
          title: 'Orders',
          description: 'Made, confirmed, shipped and cancelled in the hour before.',
          unit: 'short',
          lines: [['{{type}}', perHour(['order.created', 'order.confirmed', 'order.shipped', 'order.cancelled'])]],
        },
        {
          title: 'Orders that are confirmed',
          description: 'Confirmed orders as a share of those made in the hour before; rough while there are few.',
          unit: 'percentunit',
          lines: [
            ['confirmed', `sum(increase(${facts(['order.confirmed'])}[1h])) / sum(increase(${facts(['order.created'])}[1h]))`],
          ],
        },
      ],
    },
    {
      title: 'Money',
      panels: [
        {
          title: 'Payments',
          description: 'Attempts to pay in a minute that succeeded and that failed.',
          unit: 'cpm',
          lines: [['{{type}}', perMinute(['payment.success', 'payment.failed'])]],
        },
        {
          title: 'Given back and disputed',
          description: 'Refunds and disputes in the hour before.',
          unit: 'short',
          lines: [['{{type}}', perHour(['payment.refunded', 'payment.disputed'])]],
        },
        {
          title: 'Credit',
          description: 'Debts made, paid, overdue and given up in the hour before.',
          unit: 'short',
          lines: [['{{type}}', perHour(['debt.created', 'debt.paid', 'debt.overdue', 'debt.written_off'])]],
        },
      ],
    },
    {
      title: 'Goods and people',
      panels: [
        {
          title: 'Stock-outs',
          description: 'Items that ran out, ran low and came back in the hour before.',
          unit: 'short',
          lines: [['{{type}}', perHour(['inventory.out_of_stock', 'inventory.low_stock', 'inventory.back_in_stock'])]],
        },
        {
          title: 'Orders lost for want of goods',
          description: 'Orders in the hour before whose goods could not be held, or that lost pieces of their hold.',
          unit: 'short',
          lines: [['{{type}}', perHour(['inventory.reservation_failed', 'inventory.hold_broken'])]],
        },
        {
          title: 'People',
          description: 'Accounts made, logins, and logins refused in a minute.',
          unit: 'cpm',
          lines: [['{{type}}', perMinute(['user.registered', 'user.logged_in', 'user.login_failed', 'user.locked'])]],
        },
      ],
    },
  ],
};
