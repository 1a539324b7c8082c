import { of, rate, within } from './expressions.ts';
import type { Dashboard } from './grafana.ts';

const ofBroker = (others = '') => of(`job="souk-broker"${others && `, ${others}`}`);
const byQueue = (figure: string) => [['{{queue}}', `sum by (queue) (${figure}${ofBroker()})`] as const];

export const transport: Dashboard = {
  name: 'transport',
  title: 'Sidecars and broker',
  description: 'What carries requests and events between services: Dapr and RabbitMQ.',
  rows: [
    {
      title: 'Sidecars',
      panels: [
        {
          title: 'Sidecars that answer',
          description: 'Of each service; fewer than replicas is an alert.',
          unit: 'none',
          lines: [['{{service}}', `sum by (service) (up${of('job="souk-sidecars"')})`]],
        },
        {
          title: 'Requests through sidecars',
          description: 'What applications and other sidecars ask of each sidecar.',
          unit: 'reqps',
          lines: [['{{service}}', rate(`dapr_http_server_request_count${of()}`, 'service')]],
        },
        {
          title: 'Failures at sidecars',
          description: 'Answers of sidecars with 5xx. While an application starts its sidecar answers 500 to its own health.',
          unit: 'reqps',
          lines: [['{{service}} {{status}}', rate(`dapr_http_server_request_count${of('status=~"5.."')}`, 'service, status')]],
        },
        {
          title: 'Time of invocations',
          description: 'Time within which 95 of 100 invocations of other services were answered, seen by the sidecar that asks.',
          unit: 'ms',
          lines: [['{{service}}', within(0.95, `dapr_runtime_service_invocation_res_recv_latency_ms_bucket${of()}`, 'service')]],
        },
        {
          title: 'Retries',
          description: 'How often a policy of dapr/resiliency.yaml had something done again, by its target.',
          unit: 'ops',
          lines: [
            ['{{service}} to {{target}}', rate(`dapr_resiliency_activations_total${of('policy="retry"')}`, 'service, target')],
          ],
        },
        {
          title: 'Events that sidecars deliver',
          description: 'By what the application answered.',
          unit: 'ops',
          lines: [
            [
              '{{service}} {{process_status}}',
              rate(`dapr_component_pubsub_ingress_bulk_event_count${of()}`, 'service, process_status'),
            ],
          ],
        },
        {
          title: 'Memory of sidecars',
          description: 'Of the largest of each service.',
          unit: 'bytes',
          lines: [['{{service}}', `max by (service) (process_resident_memory_bytes${of('job="souk-sidecars"')})`]],
        },
      ],
    },
    {
      title: 'Queues',
      panels: [
        {
          title: 'Waiting',
          description: 'Events that no consumer has taken yet. At 1 GiB a queue refuses more.',
          unit: 'short',
          badFrom: 1000,
          lines: byQueue('rabbitmq_detailed_queue_messages_ready'),
        },
        {
          title: 'Taken and not yet worked off',
          description: 'Events that a sidecar has and that have not been answered.',
          unit: 'short',
          lines: byQueue('rabbitmq_detailed_queue_messages_unacked'),
        },
        {
          title: 'Consumers',
          description: 'Sidecars that listen on each queue; none means that nobody works it off.',
          unit: 'none',
          lines: byQueue('rabbitmq_detailed_queue_consumers'),
        },
      ],
    },
    {
      title: 'Broker',
      panels: [
        {
          title: 'Messages',
          description: 'What the broker took and what it handed out, over all queues.',
          unit: 'ops',
          lines: [
            ['taken', `sum(rate(rabbitmq_global_messages_received_total${ofBroker()}[$__rate_interval]))`],
            ['handed out', `sum(rate(rabbitmq_global_messages_delivered_total${ofBroker()}[$__rate_interval]))`],
            ['for no queue', `sum(rate(rabbitmq_global_messages_unroutable_dropped_total${ofBroker()}[$__rate_interval]))`],
          ],
        },
        {
          title: 'Memory',
          description: 'What the broker uses. At its limit it blocks whoever publishes.',
          unit: 'bytes',
          lines: [
            ['used', `max(rabbitmq_process_resident_memory_bytes${ofBroker()})`],
            ['limit', `max(rabbitmq_resident_memory_limit_bytes${ofBroker()})`],
          ],
        },
        {
          title: 'Free disk',
          description: 'Near nothing the broker blocks whoever publishes.',
          unit: 'bytes',
          lines: [['free', `min(rabbitmq_disk_space_available_bytes${ofBroker()})`]],
        },
        {
          title: 'Alarms',
          description: 'One while the broker blocks whoever publishes, for want of memory or of disk.',
          unit: 'none',
          isFigure: true,
          badFrom: 1,
          lines: [
            ['memory', `max(rabbitmq_alarms_memory_used_watermark${ofBroker()})`],
            ['disk', `max(rabbitmq_alarms_free_disk_space_watermark${ofBroker()})`],
          ],
        },
        {
          title: "Issuer's certificate",
          description: 'How long the certificate is still good by which sidecars get theirs.',
          unit: 's',
          isFigure: true,
          lines: [['', 'min(dapr_sentry_issuercert_expiry_timestamp{job="dapr-sentry"}) - time()']],
        },
      ],
    },
  ],
};
