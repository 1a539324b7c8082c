import { createMetrics } from '../src/metrics.ts';

test('every line names its service, and two services in one process do not meet', async () => {
  const sales = createMetrics('sales');
  const debt = createMetrics('debt');
  sales.events.inc({ type: 'order.created', outcome: 'done' });
  expect(await sales.registry.metrics()).toContain('souk_events_total{type="order.created",outcome="done",service="sales"} 1');
  expect(await debt.registry.metrics()).not.toContain('order.created');
});

test('durations are counted by route and status', async () => {
  const { requests, registry } = createMetrics('sales');
  requests.startTimer({ method: 'GET', route: '/orders/:id' })({ status: '200' });
  expect(await registry.metrics()).toMatch(
    /souk_http_request_duration_seconds_count\{[^}]*route="\/orders\/:id"[^}]*status="200"[^}]*\} 1/,
  );
});

test('the process is measured too', async () => {
  expect(await createMetrics('sales').registry.metrics()).toContain('process_cpu_seconds_total');
});
