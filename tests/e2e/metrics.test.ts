import { setTimeout as sleep } from 'node:timers/promises';
import { SERVICES } from '@souk/contracts';
import { findPromtool } from '../../scripts/system/parts/prometheus.ts';
import { ALERTS_FILE, readRules } from '../deploy/alert-rules.ts';
import { pipe } from '../deploy/api-server.ts';
import type { Day } from './day.ts';
import { openDay } from './day.ts';
import { dashboards, questionsOf, undrawn } from './metrics/panels.ts';
import type { Prometheus } from './metrics/prometheus.ts';
import { startPrometheus } from './metrics/prometheus.ts';
import type { Sentry } from './metrics/sentry.ts';
import { startSentry } from './metrics/sentry.ts';
import { readEndpoints, scrapeConfigs } from './metrics/targets.ts';
import { trade } from './metrics/trade.ts';
import { breakStock, loseSidecar, provokeFailures, sendDeadLetter } from './metrics/trouble.ts';
import { until } from './platform.ts';

const QUICK = { SWEEP_EVERY_MS: '1000', SWEEP_AGE_MS: '1000' };
const SEEN_WITHIN_MS = 20_000;
const LOOK_MS = 500;

/** What no load can draw: the gateway hears no facts. */
const NEVER_DRAWN: Record<string, readonly string[]> = {
  'Souk: Service': ['Events worked off of gateway', 'From a fact to its effect of gateway'],
};
/** What the trouble is meant to set off. The dead letter has to wait for five minutes, which makes its alert a pending one. */
const PROVOKED = ['SoukDeadLetters pending', 'SoukInvariantBroken firing'];

let day: Day | undefined;
let sentry: Sentry | undefined;
let prometheus: Prometheus;
let promtool: string;
let whileCalm: string[];

/** What `read` gives once it is `expected`, or what it gave last: Prometheus sees everything a little later. */
async function settled(read: () => Promise<string[]>, expected: readonly string[]): Promise<string[]> {
  for (const deadline = Date.now() + SEEN_WITHIN_MS; ; await sleep(LOOK_MS)) {
    const found = [...new Set(await read())].sort();
    if (found.join() === expected.join() || Date.now() > deadline) return found;
  }
}

const activeAlerts = async (): Promise<string[]> =>
  (await prometheus.rules()).flatMap(({ name, alerts }) => alerts.map(({ state }) => `${name} ${state}`));

/** Waits until every service that hears facts has worked one off, and all that is counted by then was scraped. */
async function counted({ platform: { system } }: Day): Promise<void> {
  const consumers = SERVICES.filter((service) => service !== 'gateway');
  const hasHeard = async (service: string) =>
    (await (await fetch(`${system.url(service)}/metrics`)).text()).includes('souk_event_lag_seconds_count{');
  await until(
    () => Promise.all(consumers.map(hasHeard)),
    (heard) => heard.every((one) => one),
  );
  const since = new Date();
  await until(
    () => prometheus.targets(),
    (targets) => targets.every(({ lastScrape }) => lastScrape > since),
  );
}

beforeAll(async () => {
  promtool = await findPromtool(() => undefined);
  const endpoints = await readEndpoints();
  sentry = await startSentry();
  const env = { '*': QUICK, gateway: { LIMIT_SIGN_IN_PER_ACCOUNT: '1000' } };
  day = await openDay(env, { sidecarMetrics: true });
  prometheus = await startPrometheus(scrapeConfigs(endpoints, day.platform.system, sentry.metricsPort), ALERTS_FILE);
  await trade(day, 0);
  // What grows between two scrapes has a rate; a quick machine is through with both days before the second.
  await counted(day);
  await trade(day, 1);
  whileCalm = await settled(activeAlerts, []);
  await provokeFailures(day);
  await loseSidecar(day);
  await sendDeadLetter(day);
  await breakStock(day);
}, 300_000);

afterAll(async () => {
  await Promise.all([prometheus?.stop(), day?.close(), sentry?.stop()]);
}, 60_000);

test('everything that the monitors of the chart name is scraped', async () => {
  const down = async () =>
    (await prometheus.targets())
      .filter(({ health }) => health !== 'up')
      .map(({ scrapeUrl, lastError }) => `${scrapeUrl}: ${lastError}`);
  expect(await settled(down, [])).toEqual([]);
  // Each service and its sidecar, the broker for itself and for its queues, and sentry.
  expect(await prometheus.targets()).toHaveLength(2 * SERVICES.length + 3);
});

test('every rule can be evaluated', async () => {
  const { alerts, recordings } = readRules();
  const evaluated = await prometheus.rules();
  expect(evaluated.map(({ name }) => name)).toEqual(
    expect.arrayContaining([...alerts.map(({ alert }) => alert), ...recordings.map(({ record }) => record)]),
  );
  expect(evaluated.filter(({ health }) => health !== 'ok')).toEqual([]);
});

test('no alert is on its way while all is well', () => {
  expect(whileCalm).toEqual([]);
});

test('of what was provoked there is an alert, and of nothing else', async () => {
  expect(await settled(activeAlerts, PROVOKED)).toEqual(PROVOKED);
});

describe.each(dashboards().map((dashboard) => [dashboard.title, dashboard] as const))('%s', (title, dashboard) => {
  test('draws every line of every panel, whatever is chosen', async () => {
    let left = await questionsOf(prometheus, dashboard);
    expect(left.length).toBeGreaterThan(5);
    const missing = async () => {
      const found = await undrawn(prometheus, left);
      left = found.map(({ question }) => question);
      return found.flatMap(({ says }) => says);
    };
    const expected = NEVER_DRAWN[title] ?? [];
    expect(await settled(missing, expected)).toEqual(expected);
  });
});

test.each(SERVICES)('what %s exposes is as Prometheus wants it', async (service) => {
  const text = await (await fetch(`${day?.platform.system.url(service)}/metrics`)).text();
  expect(text).toContain('souk_http_request_duration_seconds');
  await expect(pipe(promtool, ['check', 'metrics'], text)).resolves.toBe('');
});
