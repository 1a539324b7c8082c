import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DASHBOARDS, renderDashboards } from '../../scripts/docs/dashboards/index.ts';
import { loadServices } from '../../scripts/docs/services.ts';
import { findPromtool } from '../../scripts/system/parts/prometheus.ts';
import { root } from '../../scripts/system/places.ts';
import { readRules } from './alert-rules.ts';
import { pipe } from './api-server.ts';
import type { Series } from './metrics.ts';
import { allSeries, selectorsIn, unknownIn } from './metrics.ts';

interface GridPos {
  x: number;
  y: number;
  w: number;
  h: number;
}

interface ShownPanel {
  id: number;
  type: string;
  title: string;
  description: string;
  gridPos: GridPos;
  datasource: { uid: string };
  targets: { refId: string; expr: string; datasource: { uid: string } }[];
  fieldConfig: { defaults: { unit: string; links: { url: string }[] } };
}

interface ShownDashboard {
  uid: string;
  title: string;
  description: string;
  tags: string[];
  links: { type: string; tags: string[] }[];
  templating: { list: { name: string }[] };
  panels: (ShownPanel | { type: 'row'; id: number; title: string; gridPos: GridPos })[];
}

const INSTALL_MS = 180_000;
const dashboards = renderDashboards().map(([, text]): ShownDashboard => JSON.parse(text));
const panelsOf = ({ panels }: ShownDashboard) => panels.filter((panel): panel is ShownPanel => panel.type !== 'row');
const expressionsOf = (dashboard: ShownDashboard) =>
  panelsOf(dashboard).flatMap(({ targets }) => targets.map(({ expr }) => expr));

const factsIn = (expr: string) =>
  [...expr.matchAll(/\btype=~?"([^"]+)"/g)].flatMap(([, types = '']) => types.replaceAll('[.]', '.').split('|'));

let series: Series;
let published: Set<string>;

beforeAll(async () => {
  series = await allSeries();
  for (const { record } of readRules().recordings) series.set(record, []);
  published = new Set((await loadServices()).flatMap(({ publishes }) => publishes.map(({ type }) => type)));
}, INSTALL_MS);

describe.each(dashboards.map((dashboard) => [dashboard.title, dashboard] as const))('%s', (_title, dashboard) => {
  const panels = panelsOf(dashboard);

  test('says of each panel what it shows, in which unit and of which data source', () => {
    expect(panels.length).toBeGreaterThan(5);
    const bare = panels.filter(({ title, description, datasource, fieldConfig }) => {
      const hasTexts = title.length > 0 && /^[A-Z].+\.$/s.test(description) && fieldConfig.defaults.unit.length > 0;
      return !hasTexts || datasource.uid !== `\${datasource}`;
    });
    expect(bare.map(({ title }) => title)).toEqual([]);
    expect(dashboard.templating.list[0]).toMatchObject({ type: 'datasource', name: 'datasource' });
  });

  test('asks for what is exposed', () => {
    for (const expr of expressionsOf(dashboard)) expect(selectorsIn(expr)).not.toEqual([]);
    expect(expressionsOf(dashboard).flatMap((expr) => unknownIn(expr, series))).toEqual([]);
  });

  test('asks only for facts that somebody publishes', () => {
    const types = expressionsOf(dashboard).flatMap(factsIn);
    expect(types.filter((type) => !published.has(type))).toEqual([]);
  });

  test('uses no variable that it does not have', () => {
    const own = dashboard.templating.list.map(({ name }) => name);
    const used = expressionsOf(dashboard).flatMap((expr) => [...expr.matchAll(/\$\{?(\w+)/g)].map(([, name = '']) => name));
    expect(used.filter((name) => name !== '__rate_interval' && !own.includes(name))).toEqual([]);
  });

  test('has no two panels in one place or of one number', () => {
    const all = dashboard.panels;
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
    const meet = (a: GridPos, b: GridPos) => a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
    const meeting = all.flatMap((one, index) => all.slice(index + 1).filter((other) => meet(one.gridPos, other.gridPos)));
    expect(meeting.map(({ title }) => title)).toEqual([]);
    expect(all.filter(({ gridPos }) => gridPos.x + gridPos.w > 24)).toEqual([]);
  });

  test('leads to the others', () => {
    expect(dashboard.links).toContainEqual(expect.objectContaining({ type: 'dashboards', tags: dashboard.tags }));
    const targets = panels.flatMap(({ fieldConfig }) =>
      fieldConfig.defaults.links.map(({ url }) => /^\/d\/([\w-]+)\?/.exec(url)?.[1]),
    );
    const uids = dashboards.map(({ uid }) => uid);
    expect(targets.filter((uid) => uid === undefined || !uids.includes(uid))).toEqual([]);
  });
});

test('some dashboards name facts, and some lead to others from a line', () => {
  expect(dashboards.flatMap(expressionsOf).flatMap(factsIn)).not.toEqual([]);
  expect(dashboards.flatMap(panelsOf).flatMap(({ fieldConfig }) => fieldConfig.defaults.links)).not.toEqual([]);
});

test(
  'Prometheus can read every expression',
  async () => {
    const promtool = await findPromtool(() => undefined);
    const folder = mkdtempSync(join(tmpdir(), 'souk-panels-'));
    try {
      const all = dashboards.flatMap(expressionsOf).map((expr) => expr.replaceAll('$__rate_interval', '5m'));
      const rules = all.map((expr, index) => ({ record: `panel_${index}`, expr }));
      const file = join(folder, 'panels.json');
      writeFileSync(file, JSON.stringify({ groups: [{ name: 'panels', rules }] }));
      await expect(pipe(promtool, ['check', 'rules', file])).resolves.toContain(`${all.length} rules found`);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
  INSTALL_MS,
);

test('no two dashboards have one address, and together they show every alert that is not of a key', () => {
  expect(new Set(dashboards.map(({ uid }) => uid)).size).toBe(DASHBOARDS.length);
  const shown = new Set(
    dashboards
      .flatMap(expressionsOf)
      .flatMap(selectorsIn)
      .map(({ metric }) => metric),
  );
  const { alerts, recordings } = readRules();
  const recorded = new Map(recordings.map(({ record, expr }) => [record, expr]));
  const asked = alerts
    .flatMap(({ expr }) => selectorsIn(expr))
    .flatMap(({ metric }) => {
      const of = recorded.get(metric);
      return of === undefined ? [metric] : selectorsIn(of).map((each) => each.metric);
    });
  const unseen = [...new Set(asked)].filter((metric) => !shown.has(metric));
  expect(unseen.sort()).toEqual(['dapr_sentry_cert_sign_failure_total', 'souk_key_age_seconds']);
});

describe('the runbook', () => {
  const text = readFileSync(join(root, 'docs', 'operations.md'), 'utf8');

  test('names dashboards that are there', () => {
    const named = [...text.matchAll(/dashboard _([^_]+)_/g)].map(([, title = '']) => title);
    expect(named.length).toBeGreaterThan(3);
    expect(named.filter((title) => !DASHBOARDS.some((dashboard) => dashboard.title === title))).toEqual([]);
  });

  test('names operations that are there', async () => {
    const operations = (await loadServices()).flatMap(({ endpoints }) =>
      endpoints.map(({ method, path }) => `${method} /api${path}`),
    );
    const named = [...text.matchAll(/`(GET|POST|PUT|PATCH|DELETE) (\/api\/[\w/:-]+)/g)].map(
      ([, method, path]) => `${method} ${path}`,
    );
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter((operation) => !operations.includes(operation))).toEqual([]);
  });
});
