import { of, REQUESTS, rate, within } from './expressions.ts';
import type { Dashboard } from './grafana.ts';

const ofIt = (others = '') => of(`service="$service"${others && `, ${others}`}`);

export const service: Dashboard = {
  name: 'service',
  title: 'Service',
  description: 'One service: what is asked of it, what it fails, how long it takes, and what it uses.',
  isOfService: true,
  rows: [
    {
      title: 'Requests',
      panels: [
        {
          title: 'Requests by route',
          description: 'Routes as they are declared; the gateway counts by the service that it asks.',
          unit: 'reqps',
          lines: [['{{method}} {{route}}', rate(`${REQUESTS}_count${ofIt()}`, 'method, route')]],
        },
        {
          title: 'Failures by route',
          description: 'Answers with 5xx: faults of ours, and services that were away.',
          unit: 'reqps',
          badFrom: 0.1,
          lines: [
            ['{{status}} {{method}} {{route}}', rate(`${REQUESTS}_count${ofIt('status=~"5.."')}`, 'status, method, route')],
          ],
        },
        {
          title: 'Refusals by route',
          description: 'Answers with 4xx: what callers asked wrongly, or too often.',
          unit: 'reqps',
          lines: [
            ['{{status}} {{method}} {{route}}', rate(`${REQUESTS}_count${ofIt('status=~"4.."')}`, 'status, method, route')],
          ],
        },
        {
          title: 'Time to answer',
          description: 'Time within which half, 95 and 99 of 100 requests were answered.',
          unit: 's',
          lines: [0.5, 0.95, 0.99].map((part) => [`p${part * 100}`, within(part, `${REQUESTS}_bucket${ofIt()}`, '')] as const),
        },
        {
          title: 'Slowest in twenty by route',
          description: 'Time within which 95 of 100 requests of a route were answered.',
          unit: 's',
          lines: [['{{method}} {{route}}', within(0.95, `${REQUESTS}_bucket${ofIt()}`, 'method, route')]],
        },
        {
          title: 'Requests at once',
          description: 'How many requests are under way on average, by the time that they take.',
          unit: 'short',
          lines: [['{{route}}', rate(`${REQUESTS}_sum${ofIt()}`, 'route')]],
        },
      ],
    },
    {
      title: 'Events',
      panels: [
        {
          title: 'Events worked off',
          description: 'By what became of them. Duplicates are normal after a failed publish; dead letters wait for somebody.',
          unit: 'ops',
          lines: [['{{outcome}}', rate(`souk_events_total${ofIt()}`, 'outcome')]],
        },
        {
          title: 'From a fact to its effect',
          description: 'Time within which 95 of 100 facts of a type had their effect here.',
          unit: 's',
          badFrom: 30,
          lines: [['{{type}}', within(0.95, `souk_event_lag_seconds_bucket${ofIt()}`, 'type')]],
        },
        {
          title: 'Facts not yet sent',
          description: 'Facts in memory of each replica that wait to be published, besides the batch that is being sent.',
          unit: 'short',
          badFrom: 200,
          lines: [['{{pod}}', `max by (pod) (souk_unpublished_events${ofIt()})`]],
        },
      ],
    },
    {
      title: 'Replicas',
      panels: [
        {
          title: 'Processor',
          description: 'Cores used by each replica; its sidecar beside it.',
          unit: 'short',
          lines: [['{{job}} {{pod}}', rate(`process_cpu_seconds_total${ofIt()}`, 'job, pod')]],
        },
        {
          title: 'Memory',
          description: 'Memory of each replica; its sidecar beside it.',
          unit: 'bytes',
          lines: [['{{job}} {{pod}}', `max by (job, pod) (process_resident_memory_bytes${ofIt()})`]],
        },
        {
          title: 'Delay of the event loop',
          description: 'By how much Node was late for one in a hundred of its timers: above 0.1 s a replica has too much to do.',
          unit: 's',
          badFrom: 0.1,
          lines: [['{{pod}}', `max by (pod) (nodejs_eventloop_lag_p99_seconds${ofIt()})`]],
        },
      ],
    },
  ],
};
