import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { findPromtool } from '../../scripts/system/parts/prometheus.ts';
import { root } from '../../scripts/system/places.ts';
import { ALERTS_FILE, expectedFirings, readRules } from './alert-rules.ts';
import { pipe } from './api-server.ts';
import type { Series } from './metrics.ts';
import { allSeries, selectorsIn, unknownIn } from './metrics.ts';

const INSTALL_MS = 180_000;
const files = globSync(join(import.meta.dirname, 'alerts', '*.yaml')).sort();
const { alerts, recordings } = readRules();
const anchorOf = (heading: string) => heading.toLowerCase().replaceAll(' ', '-');

let promtool: string;
let series: Series;

beforeAll(async () => {
  promtool = await findPromtool(() => undefined);
  series = await allSeries();
  for (const { record } of recordings) series.set(record, []);
}, INSTALL_MS);

test('Prometheus takes the rules', async () => {
  await expect(pipe(promtool, ['check', 'rules', ALERTS_FILE])).resolves.toContain('SUCCESS');
});

test.each(files.map((file) => [basename(file), file]))(
  'each alert of %s fires when it must, and else is silent',
  async (_name, file) => {
    await expect(pipe(promtool, ['test', 'rules', file])).resolves.toContain('SUCCESS');
  },
);

describe.each(alerts.map((rule) => [rule.alert, rule] as const))('%s', (name, { expr, annotations }) => {
  const states = files.flatMap((file) => expectedFirings(file, name));

  test('is tested firing and silent', () => {
    expect(states.map((state) => state.length > 0)).toEqual(expect.arrayContaining([true, false]));
  });

  test('names in its texts only labels that it fires with', () => {
    const named = [
      ...Object.values(annotations)
        .join(' ')
        .matchAll(/\$labels\.(\w+)/g),
    ].map(([, label = '']) => label);
    const fired = states.flat().map((labels) => [...labels.matchAll(/(\w+)=/g)].map(([, label = '']) => label));
    for (const labels of fired) expect(labels).toEqual(expect.arrayContaining(named));
  });

  test('asks for what is exposed', () => {
    expect(selectorsIn(expr)).not.toEqual([]);
    expect(unknownIn(expr, series)).toEqual([]);
  });

  test('has its section in the runbook', () => {
    const headings = [...readFileSync(join(root, 'docs', 'operations.md'), 'utf8').matchAll(/^## (.+)$/gm)];
    const anchors = headings.map(([, heading = '']) => `docs/operations.md#${anchorOf(heading)}`);
    expect(anchors).toContain(annotations.runbook_url);
    expect(annotations.runbook_url).toBe(`docs/operations.md#${anchorOf(name)}`);
  });
});

test.each(recordings.map(({ record, expr }) => [record, expr]))('%s is recorded of what is exposed', (_record, expr) => {
  expect(unknownIn(expr, series)).toEqual([]);
});

test('what nobody exposes is found, and so is a label that a metric does not have', () => {
  const wrong = 'sum by (le) (rate(souk_events_total{outcome="done", kind="x"}[5m])) > on (le) 2 * souk_nothing offset 1h';
  expect(unknownIn(wrong, series)).toEqual(['souk_events_total{kind}', 'souk_nothing']);
});
