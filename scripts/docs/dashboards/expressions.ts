/** Matchers of the chosen namespace, with others after it. */
export const of = (others = ''): string => `{namespace=~"$namespace"${others && `, ${others}`}}`;

/** How fast a counter grows, per second; `by` are the labels that stay apart. */
export const rate = (counter: string, by: string): string => `sum by (${by}) (rate(${counter}[$__rate_interval]))`;

/** The time within which `share` of what a histogram counted was done. */
export const within = (share: number, histogram: string, by: string): string =>
  `histogram_quantile(${share}, sum by (${by ? `${by}, ` : ''}le) (rate(${histogram}[$__rate_interval])))`;

/** `part` as a share of `whole`, by the same labels; none where nothing is counted. */
export const share = (part: string, whole: string, by: string): string => `${rate(part, by)} / ${rate(whole, by)}`;

const AT_AUDIT = 'service="audit", outcome="done"';

/** Every fact there was: audit is told each of them once. */
export const ALL_FACTS = `souk_events_total${of(AT_AUDIT)}`;

/** Facts of these types, likewise. */
export const facts = (types: readonly string[]): string =>
  `souk_events_total${of(`${AT_AUDIT}, type=~"${types.join('|').replaceAll('.', '[.]')}"`)}`;

/** How often each kind of fact happened in a minute. */
export const perMinute = (types: readonly string[]): string => `60 * ${rate(facts(types), 'type')}`;

export const REQUESTS = 'souk_http_request_duration_seconds';
