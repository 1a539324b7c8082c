import type { Context } from '../src/index.ts';
import { createLog } from '../src/log.ts';
import type { Figure } from '../src/metrics.ts';
import { addFigures, createMetrics } from '../src/metrics.ts';

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

describe('figures of a service', () => {
  const log = createLog('sales', 'fatal');
  const warned = jest.spyOn(log, 'warn');
  const ctx = { log } as Partial<Context> as Context;
  const figureOf = (read: Figure['read'], name = 'souk_waiting'): Figure => ({ name, help: 'Who waits', label: 'queue', read });
  const scrape = (...figures: Figure[]) => {
    const { registry } = createMetrics('sales');
    addFigures(registry, figures, () => ctx);
    return () => registry.metrics();
  };

  test('are read at each scrape, and what is no longer there is not shown', async () => {
    const readings = [{ long: 3, short: 1 }, { short: 2 }];
    const scraped = scrape(figureOf(async () => readings.shift() ?? {}));
    expect(await scraped()).toContain('souk_waiting{queue="long",service="sales"} 3');
    const second = await scraped();
    expect(second).toContain('souk_waiting{queue="short",service="sales"} 2');
    expect(second).not.toContain('queue="long"');
  });

  test('that cannot be read keep nobody from reading the others', async () => {
    let isDown = false;
    const failing = figureOf(async () => {
      if (isDown) throw new Error('the database is away');
      return { long: 1 };
    }, 'souk_failing');
    const hanging = figureOf(() => new Promise(() => {}), 'souk_hanging');
    const scraped = scrape(
      failing,
      hanging,
      figureOf(async () => ({ long: 7 })),
    );
    expect(await scraped()).toContain('souk_failing{queue="long"');
    isDown = true;
    const second = await scraped();
    expect(second).toContain('souk_waiting{queue="long",service="sales"} 7');
    expect(second).not.toContain('souk_failing{');
    expect(warned).toHaveBeenCalledWith(expect.objectContaining({ figure: 'souk_hanging' }), expect.anything());
  }, 15_000);
});
