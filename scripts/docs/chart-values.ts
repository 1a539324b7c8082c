import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { renderSchema } from './value-schema.ts';
import { withValueTable } from './value-table.ts';
import type { ChartValue } from './values.ts';
import { readValues } from './values.ts';

const root = join(import.meta.dirname, '..', '..');

/** What the values.yaml of a chart declares. Throws with file and key where it is unclear. */
export function chartValues(chart: string): ChartValue[] {
  const file = `charts/${chart}/values.yaml`;
  try {
    return readValues(readFileSync(join(root, file), 'utf8'));
  } catch (error) {
    throw new Error(`${file}: ${error instanceof Error ? error.message : error}`);
  }
}

/** The schema and the README of every chart, from its values.yaml alone. */
export function renderChartValues(): [string, string][] {
  const charts = globSync('charts/*/values.yaml', { cwd: root }).map((file) => basename(join(file, '..')));
  return charts.sort().flatMap((chart): [string, string][] => {
    const values = chartValues(chart);
    const readme = `charts/${chart}/README.md`;
    return [
      [`charts/${chart}/values.schema.json`, renderSchema(chart, values)],
      [readme, withValueTable(readFileSync(join(root, readme), 'utf8'), values)],
    ];
  });
}
