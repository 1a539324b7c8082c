import { renderDashboards } from '../../../scripts/docs/dashboards/index.ts';
import type { Prometheus, Series } from './prometheus.ts';

interface Variable {
  type: string;
  name: string;
  query: { query: string };
  includeAll?: boolean;
  allValue?: string;
}

interface Dashboard {
  title: string;
  annotations: { list: { name: string; expr: string }[] };
  templating: { list: Variable[] };
  panels: { title: string; targets?: { expr: string; instant?: boolean }[] }[];
}

/** What Grafana asks for one line of a panel, with the variables as somebody chose them. */
export interface Question {
  dashboard: string;
  panel: string;
  chosen: Record<string, string>;
  expression: string;
  isInstant: boolean;
}

export const dashboards = (): Dashboard[] => renderDashboards().map(([, text]): Dashboard => JSON.parse(text));

/** Three hours are shown, of which a panel that is a third of a screen wide draws a point for each of its pixels. */
const SPAN_SECONDS = 3 * 3600;
const STEP_SECONDS = 20;
/** Four times what a data source says of its scrapes, 15 s unless it is told: never less than a step and one scrape. */
const RATE_INTERVAL = '60s';
const AT_ONCE = 16;

/** Every question that Grafana can come to ask for a dashboard: each choice that its variables offer, filled into each line. */
export async function questionsOf(
  prometheus: Prometheus,
  { title, templating, panels, annotations }: Dashboard,
): Promise<Question[]> {
  const choices = await choicesOf(prometheus, templating.list);
  const marks: Dashboard['panels'] = annotations.list.map(({ name, expr }) => ({ title: name, targets: [{ expr }] }));
  return choices.flatMap((chosen) =>
    [...panels, ...marks].flatMap(({ title: panel, targets = [] }) =>
      targets.map(({ expr, instant = false }) => ({
        ...{ dashboard: title, panel, chosen, isInstant: instant },
        expression: fillIn(expr, { ...chosen, __rate_interval: RATE_INTERVAL }),
      })),
    ),
  );
}

/** The choices of the first variables decide what the next one offers. */
async function choicesOf(prometheus: Prometheus, variables: readonly Variable[]): Promise<Record<string, string>[]> {
  let chosen: Record<string, string>[] = [{}];
  for (const { name, query, allValue } of variables.filter(({ type }) => type === 'query')) {
    const [, selector = '', label = ''] = /^label_values\((.+), (\w+)\)$/.exec(query.query) ?? [];
    const offers = chosen.map(async (before) => {
      const values = await prometheus.valuesOf(label, fillIn(selector, before));
      return [...(allValue === undefined ? [] : [allValue]), ...values].map((value) => ({ ...before, [name]: value }));
    });
    chosen = (await Promise.all(offers)).flat();
  }
  return chosen;
}

function fillIn(text: string, values: Record<string, string>): string {
  return text.replace(/\$(\w+)/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`nobody chooses $${name} of ${text}`);
    return value;
  });
}

/** A question, and what of its answer is not drawn. */
export interface Undrawn {
  question: Question;
  says: string[];
}

/** What is not drawn: panels without a line that has a number, and kinds of facts that are none of their panel's lines. */
export async function undrawn(prometheus: Prometheus, questions: readonly Question[]): Promise<Undrawn[]> {
  const found: Undrawn[] = [];
  for (let start = 0; start < questions.length; start += AT_ONCE) {
    const some = questions.slice(start, start + AT_ONCE).map(async (question) => ({
      question,
      says: tellUndrawn(question, await drawnBy(prometheus, question)),
    }));
    found.push(...(await Promise.all(some)));
  }
  return found.filter(({ says }) => says.length > 0);
}

function tellUndrawn({ panel, chosen, expression }: Question, drawn: readonly Series[]): string[] {
  const of = chosen.service === undefined ? '' : ` of ${chosen.service}`;
  if (drawn.length === 0) return [`${panel}${of}`];
  const isByType = /\bby \(type\)/.test(expression);
  const [, types = ''] = (isByType && /type=~"([\w.[\]|]+)"/.exec(expression)) || [];
  const kinds = types.split('|').filter(Boolean);
  const missing = kinds.filter((type) => !drawn.some(({ metric }) => metric.type === type.replaceAll('[.]', '.')));
  return missing.map((type) => `${panel}${of}: ${type}`);
}

/** The lines with a number at least somewhere. Throws when Prometheus refuses. */
async function drawnBy(prometheus: Prometheus, { expression, isInstant }: Question): Promise<Series[]> {
  const span = { seconds: SPAN_SECONDS, stepSeconds: STEP_SECONDS };
  const series = await (isInstant ? prometheus.now(expression) : prometheus.over(expression, span));
  return series.filter(({ values }) => values.some(Number.isFinite));
}
