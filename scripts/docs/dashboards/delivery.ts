import { of, rate, within } from './expressions.ts';
import type { Dashboard } from './grafana.ts';

export const delivery: Dashboard = {
  name: 'delivery',
  title: 'Sweep and lag',
  description: 'How facts reach whoever should hear of them, how late, and what only the sweep brought.',
  rows: [
    {
      title: 'Delivery',
      panels: [
        {
          title: 'From a fact to its effect',
          description: 'Time within which 95 of 100 facts had their effect in each service.',
          unit: 's',
          badFrom: 30,
          lines: [['{{service}}', within(0.95, `souk_event_lag_seconds_bucket${of()}`, 'service')]],
        },
        {
          title: 'Half of all',
          description: 'Time within which half of all facts had their effect in each service.',
          unit: 's',
          lines: [['{{service}}', within(0.5, `souk_event_lag_seconds_bucket${of()}`, 'service')]],
        },
        {
          title: 'Events that come again',
          description: 'Handlers that failed and will be asked once more; the tenth failure of one event makes a dead letter.',
          unit: 'ops',
          lines: [['{{service}}', rate(`souk_events_total${of('outcome="retried"')}`, 'service')]],
        },
        {
          title: 'Outcomes',
          description: 'What became of the events of all services.',
          unit: 'ops',
          lines: [['{{outcome}}', rate(`souk_events_total${of()}`, 'outcome')]],
        },
      ],
    },
    {
      title: 'What delivery lost',
      panels: [
        {
          title: 'Facts that the sweep brought',
          description:
            'In half an hour, by who missed them and whose they are. Some after a crash of the broker are what the sweep is for.',
          unit: 'short',
          badFrom: 100,
          lines: [['{{service}} of {{producer}}', `sum by (service, producer) (increase(souk_swept_events_total${of()}[30m]))`]],
        },
        {
          title: 'Last swept',
          description:
            'Since when a service has not compared a log with what it knows; of the log that it swept the longest ago.',
          unit: 's',
          badFrom: 600,
          lines: [
            ['{{service}}', `max by (service) (time() - max by (service, producer) (souk_swept_until_timestamp_seconds${of()}))`],
          ],
        },
        {
          title: 'Dead letters',
          description: 'Events that wait for somebody to redrive or discard them, by the consumer that refused them.',
          unit: 'short',
          badFrom: 1,
          lines: [['{{consumer}}', `max by (consumer) (souk_dead_letters${of()})`]],
        },
        {
          title: 'Failed publishes',
          description: 'Tries to hand facts to the sidecar that failed; they are repeated until one succeeds.',
          unit: 'ops',
          badFrom: 0.2,
          lines: [['{{service}}', rate(`souk_published_events_total${of('outcome="failed"')}`, 'service')]],
        },
        {
          title: 'Facts not yet sent',
          description: 'Facts in memory that wait to be published, besides the batches that are being sent.',
          unit: 'short',
          badFrom: 200,
          lines: [['{{service}}', `sum by (service) (souk_unpublished_events${of()})`]],
        },
      ],
    },
  ],
};
