import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { findPrometheus } from '../../../scripts/system/parts/prometheus.ts';
import { freePorts } from '../../../scripts/system/ports.ts';
import { answers } from '../../../scripts/system/probe.ts';
import { startBeside } from './part.ts';

/** Often, so that what happens within seconds is seen to happen; not so often that a busy machine is too slow to answer. */
const SCRAPE_SECONDS = 2;

const labels = z.record(z.string(), z.string());
const point = z.tuple([z.number(), z.string()]);
const vector = z.object({ result: z.array(z.object({ metric: labels, value: point })) });
const matrix = z.object({ result: z.array(z.object({ metric: labels, values: z.array(point) })) });
const rule = z.object({
  name: z.string(),
  health: z.string(),
  lastError: z.string().optional(),
  alerts: z.array(z.object({ labels, state: z.enum(['pending', 'firing']) })).default([]),
});
const rules = z.object({ groups: z.array(z.object({ rules: z.array(rule) })) });
const targets = z.object({
  activeTargets: z.array(
    z.object({ scrapeUrl: z.string(), health: z.string(), lastError: z.string(), lastScrape: z.coerce.date() }),
  ),
});
const answer = z.object({ status: z.string(), error: z.string().optional(), data: z.unknown() });

/** A line of a panel: its labels and its values. */
export interface Series {
  metric: Record<string, string>;
  values: number[];
}

/** A real Prometheus with a memory of its own. Each question throws with its reason when it refuses. */
export interface Prometheus {
  now(expression: string): Promise<Series[]>;
  over(expression: string, span: { seconds: number; stepSeconds: number }): Promise<Series[]>;
  valuesOf(label: string, selector: string): Promise<string[]>;
  rules(): Promise<z.infer<typeof rule>[]>;
  targets(): Promise<z.infer<typeof targets>['activeTargets']>;
  stop(): Promise<void>;
}

/** Starts one that scrapes as `scrapeConfigs` say and evaluates the rules of `rulesFile`. */
export async function startPrometheus(scrapeConfigs: readonly object[], rulesFile: string): Promise<Prometheus> {
  const every = `${SCRAPE_SECONDS}s`;
  const global = { scrape_interval: every, scrape_timeout: every, evaluation_interval: every };
  const config = { global, rule_files: [rulesFile], scrape_configs: scrapeConfigs };
  const file = await findPrometheus(() => undefined);
  const port = await freePorts()();
  const url = `http://127.0.0.1:${port}`;
  const stop = await startBeside((folder) => {
    // JSON is YAML.
    writeFileSync(join(folder, 'prometheus.yml'), JSON.stringify(config));
    const stored = ['--config.file', join(folder, 'prometheus.yml'), '--storage.tsdb.path', join(folder, 'data')];
    const args = [...stored, '--web.listen-address', `127.0.0.1:${port}`, '--log.level', 'warn'];
    return {
      name: 'prometheus',
      command: { file, args, env: { PATH: process.env.PATH }, cwd: folder },
      ports: { http: port },
      ready: () => answers(`${url}/-/ready`),
      readyTimeoutMs: 30_000,
      stopTimeoutMs: 10_000,
    };
  });
  return { ...questionsTo(`${url}/api/v1`), stop };
}

function questionsTo(api: string): Omit<Prometheus, 'stop'> {
  const ask = async <Data>(path: string, form: Record<string, string>, shape: z.ZodType<Data>): Promise<Data> => {
    const query = new URLSearchParams(form);
    const response = await fetch(`${api}/${path}?${query}`, { signal: AbortSignal.timeout(20_000) });
    const { status, error, data } = answer.parse(await response.json());
    if (status !== 'success') throw new Error(`${path} ${form.query ?? ''}: ${error}`);
    return shape.parse(data);
  };
  return {
    now: async (query) =>
      (await ask('query', { query }, vector)).result.map(({ metric, value }) => ({ metric, values: [Number(value[1])] })),
    over: async (query, { seconds, stepSeconds }) => {
      const end = Math.floor(Date.now() / 1000);
      const span = { start: String(end - seconds), end: String(end), step: String(stepSeconds) };
      const { result } = await ask('query_range', { query, ...span }, matrix);
      return result.map(({ metric, values }) => ({ metric, values: values.map(([, value]) => Number(value)) }));
    },
    valuesOf: (label, selector) => ask(`label/${label}/values`, { 'match[]': selector }, z.array(z.string())),
    rules: async () => (await ask('rules', {}, rules)).groups.flatMap((group) => group.rules),
    targets: async () => (await ask('targets', { state: 'active' }, targets)).activeTargets,
  };
}
