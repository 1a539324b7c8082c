import { of, perMinute } from './expressions.ts';
import type { Dashboard } from './grafana.ts';

const byPhase = (figure: string) => [['{{phase}}', `max by (phase) (${figure}${of()})`] as const];

export const orders: Dashboard = {
  name: 'orders',
  title: 'Order saga',
  description: 'Orders on their way to an end (docs/saga.md): how many, how old, which are stuck, and what was taken back.',
  rows: [
    {
      title: 'Under way',
      panels: [
        {
          title: 'Orders under way',
          description: 'Orders that have not come to their end: open while answers are awaited, paying from the capture on.',
          unit: 'short',
          lines: byPhase('souk_saga_open'),
        },
        {
          title: 'Age of the oldest',
          description: 'Since when the oldest order of each phase was placed. A buyer may take as long as the hold.',
          unit: 's',
          lines: byPhase('souk_saga_oldest_age_seconds'),
        },
        {
          title: 'Overdue',
          description: 'How long ago the hold of the most overdue order ended. More than seconds: the saga is stuck.',
          unit: 's',
          badFrom: 120,
          lines: byPhase('souk_saga_overdue_seconds'),
        },
        {
          title: 'Asks in vain',
          description:
            'Of the order that asked most: 10 while paying are seven minutes without an outcome. Open ones ask while the buyer thinks.',
          unit: 'short',
          badFrom: 10,
          lines: byPhase('souk_saga_most_asks'),
        },
      ],
    },
    {
      title: 'Ends',
      panels: [
        {
          title: 'Made, confirmed, cancelled',
          description: 'Orders in a minute.',
          unit: 'cpm',
          lines: [['{{type}}', perMinute(['order.created', 'order.confirmed', 'order.cancelled'])]],
        },
        {
          title: 'Why orders do not go on',
          description:
            'In a minute: goods that cannot be held, promotions used up, credit that does not reach, payments refused, holds broken.',
          unit: 'cpm',
          lines: [
            [
              '{{type}}',
              perMinute([
                ...['inventory.reservation_failed', 'inventory.hold_broken', 'promotion.redemption_refused'],
                ...['debt.credit_refused', 'payment.failed'],
              ]),
            ],
          ],
        },
        {
          title: 'Taken back',
          description: 'Compensations in a minute: goods, promotions, payments and money of orders that were cancelled.',
          unit: 'cpm',
          lines: [
            [
              '{{type}}',
              perMinute([
                'inventory.released',
                'promotion.released',
                'payment.cancelled',
                'payment.refunded',
                'debt.written_off',
              ]),
            ],
          ],
        },
      ],
    },
    {
      title: 'Invariants',
      panels: [
        {
          title: 'Faults',
          description:
            'Places where stock or books contradicted themselves when they were last checked: never anything but zero.',
          unit: 'short',
          badFrom: 1,
          lines: [['{{invariant}}', `max by (invariant) (souk_invariant_faults${of()})`]],
        },
        {
          title: 'Last checked',
          description: 'Since when nobody has looked. Stock is due every 5 minutes, the ledger every 10.',
          unit: 's',
          badFrom: 1800,
          lines: [['{{invariant}}', `max by (invariant) (souk_invariant_check_age_seconds${of()})`]],
        },
      ],
    },
  ],
};
