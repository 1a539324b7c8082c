import { ALL_FACTS, facts, of, REQUESTS, rate, share, within } from './expressions.ts';
import type { Dashboard } from './grafana.ts';

const FAILED = 'status=~"5.."';
const atGateway = (others = '') => of(`service="gateway"${others && `, ${others}`}`);

export const overview: Dashboard = {
  name: 'overview',
  title: 'Overview',
  description: 'Whether all is well, and where to look if not.',
  rows: [
    {
      title: 'Now',
      panels: [
        {
          title: 'Alerts that fire',
          description: 'What each means is in docs/operations.md.',
          unit: 'none',
          isFigure: true,
          badFrom: 1,
          lines: [['', 'count(ALERTS{alertstate="firing", alertname=~"Souk.*", severity!="info"}) or vector(0)']],
        },
        {
          title: 'Services without a replica',
          description: 'Services of which no replica answers a scrape.',
          unit: 'none',
          isFigure: true,
          badFrom: 1,
          lines: [['', `count(sum by (namespace, service) (up${of('job="souk-services"')}) == 0) or vector(0)`]],
        },
        {
          title: 'Requests',
          description: 'Requests from outside, as the gateway counts them.',
          unit: 'reqps',
          isFigure: true,
          lines: [['', `sum(rate(${REQUESTS}_count${atGateway()}[5m]))`]],
        },
        {
          title: 'Failed requests',
          description: 'Share of requests from outside that got a 5xx. One in a thousand is what is promised.',
          unit: 'percentunit',
          isFigure: true,
          badFrom: 0.001,
          lines: [
            [
              '',
              `(sum(rate(${REQUESTS}_count${atGateway(FAILED)}[5m])) or vector(0)) / sum(rate(${REQUESTS}_count${atGateway()}[5m]))`,
            ],
          ],
        },
        {
          title: 'Slowest in a hundred',
          description: 'Time within which 99 of 100 requests from outside were answered.',
          unit: 's',
          isFigure: true,
          badFrom: 1,
          lines: [['', `histogram_quantile(0.99, sum by (le) (rate(${REQUESTS}_bucket${atGateway()}[5m])))`]],
        },
        {
          title: 'Open sockets',
          description: 'Clients that are told what happens as it happens, at all replicas.',
          unit: 'none',
          isFigure: true,
          lines: [['', `sum(souk_sockets${of()})`]],
        },
        {
          title: 'Orders confirmed',
          description: 'In the last hour, without the first since a restart of audit.',
          unit: 'none',
          isFigure: true,
          lines: [['', `sum(increase(${facts(['order.confirmed'])}[1h])) or vector(0)`]],
        },
      ],
    },
    {
      title: 'Gateway',
      panels: [
        {
          title: 'Services left alone',
          description:
            'Services that have stopped answering the gateway, by the worst of its replicas: 1 left alone, 0.5 being tried.',
          unit: 'none',
          badFrom: 0.5,
          lines: [['{{upstream}}', `max by (upstream) (souk_circuit_open${of()})`]],
        },
        {
          title: 'Catalogue reads',
          description:
            'Reads by strangers: from memory (hit), by a question under way (shared), asked for (miss), handed on (alone).',
          unit: 'reqps',
          lines: [['{{outcome}}', rate(`souk_catalogue_reads${of()}`, 'outcome')]],
        },
        {
          title: 'Catalogue reads remembered',
          description: 'Share of those reads that cost the catalogue nothing: from memory, or by a question under way.',
          unit: 'percentunit',
          lines: [
            [
              'remembered',
              `sum(rate(souk_catalogue_reads${of('outcome=~"hit|shared"')}[$__rate_interval])) / sum(rate(souk_catalogue_reads${of()}[$__rate_interval]))`,
            ],
          ],
        },
      ],
    },
    {
      title: 'Services',
      panels: [
        {
          title: 'Requests by service',
          description: 'Requests to each service, those from other services among them. A line leads to its service.',
          unit: 'reqps',
          lines: [['{{service}}', rate(`${REQUESTS}_count${of()}`, 'service')]],
        },
        {
          title: 'Failed requests by service',
          description: 'Share of requests that got a 5xx; services that failed none are not shown.',
          unit: 'percentunit',
          badFrom: 0.001,
          lines: [['{{service}}', share(`${REQUESTS}_count${of(FAILED)}`, `${REQUESTS}_count${of()}`, 'service')]],
        },
        {
          title: 'Slowest in twenty by service',
          description: 'Time within which 95 of 100 requests were answered.',
          unit: 's',
          lines: [['{{service}}', within(0.95, `${REQUESTS}_bucket${of()}`, 'service')]],
        },
        {
          title: 'Processor by service',
          description: 'Cores that the application uses, all replicas together, without sidecars.',
          unit: 'short',
          lines: [['{{service}}', rate(`process_cpu_seconds_total${of('job="souk-services"')}`, 'service')]],
        },
        {
          title: 'Memory by service',
          description: 'Memory of the largest replica, without its sidecar.',
          unit: 'bytes',
          lines: [['{{service}}', `max by (service) (process_resident_memory_bytes${of('job="souk-services"')})`]],
        },
        {
          title: 'Facts',
          description: 'What happened on the platform in a minute: every fact of every service, as audit was told.',
          unit: 'cpm',
          lines: [['facts', `60 * sum(rate(${ALL_FACTS}[$__rate_interval]))`]],
        },
      ],
    },
  ],
};
