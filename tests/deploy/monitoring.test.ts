import { SERVICES } from '@souk/contracts';
import { parse } from 'yaml';
import { z } from 'zod';
import { DASHBOARDS } from '../../scripts/docs/dashboards/index.ts';
import { findChartPrograms } from '../../scripts/system/parts/kubernetes.ts';
import { readRules } from './alert-rules.ts';
import type { KubeObject } from './rendering.ts';
import { objectsIn, render } from './rendering.ts';

const START_MS = 180_000;
const OPERATOR = 'monitoring.coreos.com/v1';
const RUNBOOK = 'https://wiki.example/souk';

const scraped = z.object({
  port: z.string(),
  relabelings: z.array(z.object({ targetLabel: z.string(), replacement: z.string().optional() })),
});
const monitor = z.object({
  selector: z.object({ matchLabels: z.record(z.string(), z.string()) }),
  endpoints: z.array(scraped).optional(),
  podMetricsEndpoints: z.array(scraped).optional(),
});

let on: KubeObject[];
let off: KubeObject[];
let platform: KubeObject[];

beforeAll(async () => {
  const { helm } = await findChartPrograms(() => undefined);
  const set = (...values: string[]) => values.flatMap((value) => ['--set-json', value]);
  off = objectsIn(await render(helm, 'souk', []));
  const flags = set(
    'monitoring.enabled=true',
    'monitoring.labels={"release":"prometheus"}',
    `monitoring.runbookUrl="${RUNBOOK}"`,
  );
  on = objectsIn(await render(helm, 'souk', flags));
  platform = objectsIn(await render(helm, 'platform', []));
}, START_MS);

const named = (objects: readonly KubeObject[], kind: string) => objects.filter((object) => object.kind === kind);
const monitors = () => [...named(on, 'ServiceMonitor'), ...named(on, 'PodMonitor')].map(({ spec }) => monitor.parse(spec));
const endpointsOf = ({ endpoints = [], podMetricsEndpoints = [] }: z.infer<typeof monitor>) => [
  ...endpoints,
  ...podMetricsEndpoints,
];
const jobsOf = (one: z.infer<typeof monitor>) =>
  endpointsOf(one).map(({ relabelings }) => relabelings.find(({ targetLabel }) => targetLabel === 'job')?.replacement);
const monitorOf = (job: string) => {
  const found = monitors().find((one) => jobsOf(one).includes(job));
  if (!found) throw new Error(`nothing scrapes for the job ${job}`);
  return found;
};
const chosenBy = (objects: readonly KubeObject[], { selector }: z.infer<typeof monitor>) =>
  objects.filter(({ metadata }) =>
    Object.entries(selector.matchLabels).every(([key, value]) => metadata.labels?.[key] === value),
  );

const portsOf = ({ spec }: KubeObject) =>
  z
    .object({ ports: z.array(z.object({ name: z.string() })) })
    .parse(spec)
    .ports.map(({ name }) => name);

test('without it nothing is made that a cluster without the operator does not know', () => {
  expect(off.filter(({ apiVersion }) => apiVersion === OPERATOR)).toEqual([]);
  expect(named(off, 'ConfigMap').filter(({ metadata }) => metadata.labels?.grafana_dashboard)).toEqual([]);
});

test('every service is scraped at a port that it has', () => {
  const one = monitorOf('souk-services');
  const services = chosenBy(named(on, 'Service'), one);
  expect(services.map(({ metadata }) => metadata.labels?.['app.kubernetes.io/name']).sort()).toEqual([...SERVICES].sort());
  for (const service of services) expect(portsOf(service)).toContain(one.endpoints?.[0]?.port);
});

test('the broker is scraped at a port that it has in the chart beside', () => {
  const one = monitorOf('souk-broker');
  const services = chosenBy(named(platform, 'Service'), one);
  expect(services).toHaveLength(1);
  for (const service of services) for (const { port } of endpointsOf(one)) expect(portsOf(service)).toContain(port);
});

test('every job that an alert asks for is scraped', () => {
  const jobs = new Set(monitors().flatMap(jobsOf));
  const asked = readRules().alerts.flatMap(({ expr }) => [...expr.matchAll(/job="([\w-]+)"/g)].map(([, job = '']) => job));
  expect(asked).not.toEqual([]);
  expect(asked.filter((job) => !jobs.has(job))).toEqual([]);
});

test('the operator is given every rule, with links to where the runbook can be read', () => {
  const [rule] = named(on, 'PrometheusRule');
  const { groups } = z
    .object({ groups: z.array(z.object({ rules: z.array(z.record(z.string(), z.unknown())) })) })
    .parse(rule?.spec);
  const { alerts, recordings } = readRules();
  const given = groups.flatMap(({ rules }) => rules);
  expect(given).toHaveLength(alerts.length + recordings.length);
  for (const { alert, expr, annotations } of alerts) {
    const runbook_url = annotations.runbook_url.replace('docs/operations.md', RUNBOOK);
    expect(given).toContainEqual(expect.objectContaining({ alert, expr, annotations: { ...annotations, runbook_url } }));
  }
});

test("each dashboard is a ConfigMap that Grafana's sidecar finds", () => {
  const maps = named(on, 'ConfigMap').filter(({ metadata }) => metadata.labels?.grafana_dashboard === '1');
  const uids = maps.flatMap(({ data = {} }) => Object.values(data)).map((text): string => parse(text).uid);
  expect(uids.sort()).toEqual(DASHBOARDS.map(({ name }) => `souk-${name}`).sort());
});

test('a Prometheus that chooses by a label finds all of it', () => {
  const its = on.filter(({ apiVersion }) => apiVersion === OPERATOR);
  expect(its.length).toBeGreaterThan(4);
  expect(its.filter(({ metadata }) => metadata.labels?.release !== 'prometheus')).toEqual([]);
});
