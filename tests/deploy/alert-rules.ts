import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { root } from '../../scripts/system/places.ts';

export const ALERTS_FILE = join(root, 'charts', 'souk', 'files', 'alerts.yaml');

const text = z.string().min(1);
const alert = z.strictObject({
  alert: z.string().regex(/^Souk[A-Z]\w+$/),
  expr: text,
  for: z.string().optional(),
  labels: z.strictObject({ severity: z.enum(['critical', 'warning', 'info']) }),
  annotations: z.strictObject({ summary: text, description: text, runbook_url: text }),
});
const recording = z.strictObject({ record: text, expr: text });
const rulesFile = z.strictObject({
  groups: z.array(z.strictObject({ name: text, rules: z.array(z.union([alert, recording])) })),
});

export type AlertRule = z.infer<typeof alert>;
export type RecordingRule = z.infer<typeof recording>;

/** Every rule of the chart. Throws on a key that none has, and on an alert without an annotation or a severity. */
export function readRules(): { alerts: AlertRule[]; recordings: RecordingRule[] } {
  const rules = rulesFile.parse(parse(readFileSync(ALERTS_FILE, 'utf8'))).groups.flatMap((group) => group.rules);
  return {
    alerts: rules.filter((rule): rule is AlertRule => 'alert' in rule),
    recordings: rules.filter((rule): rule is RecordingRule => 'record' in rule),
  };
}

const sample = z.object({ labels: z.string().optional(), value: z.number() });
const expectation = z.object({ expr: text, eval_time: text, exp_samples: z.array(sample).optional() });
const rulesTest = z.object({ tests: z.array(z.object({ promql_expr_test: z.array(expectation) })) });

/** The states that a test file says of one alert: the labels it fires with, each as Prometheus writes them; none when it is silent. */
export function expectedFirings(file: string, alertname: string): string[][] {
  const { tests } = rulesTest.parse(parse(readFileSync(file, 'utf8')));
  const asked = `ALERTS{alertname="${alertname}", alertstate="firing"}`;
  return tests
    .flatMap((test) => test.promql_expr_test)
    .filter(({ expr }) => expr === asked)
    .map(({ exp_samples = [] }) => exp_samples.map(({ labels = '' }) => labels));
}
