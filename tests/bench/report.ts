import type { Finding, Round } from './rounds.ts';
import { quantile } from './rounds.ts';

const isMet = ({ ratio, bar }: Finding): boolean => ratio >= bar;

/** Whether every ratio is at its bar or above. */
export const areMet = (findings: readonly Finding[]): boolean => findings.length > 0 && findings.every(isMet);

/** One ratio in one line. */
export function lineOf(finding: Finding): string {
  const { name, unit, bar, target, ratio, ours, limit } = finding;
  const aim = target === undefined ? '' : `, target ${target}`;
  const figures = `${rate(ours)} against ${rate(limit)} ${unit}/s, p99 ${time(ours)} against ${time(limit)} ms`;
  return `${name}: ${ratio.toFixed(2)} (bar ${bar}${aim}), ${isMet(finding) ? 'ok' : 'BELOW ITS BAR'}; ${figures}`;
}

/** All ratios as a page in Markdown. */
export function pageOf(findings: readonly Finding[]): string {
  const head = [
    '| ratio | bar | target | ours | limit | p99 ours | p99 limit | half of the rounds within | rounds |',
    '|---|---|---|---|---|---|---|---|---|',
  ];
  const rows = findings.map((finding) => {
    const { name, unit, bar, target, ratio, ratios, ours, limit } = finding;
    const verdict = `${name}: **${ratio.toFixed(2)}**${isMet(finding) ? '' : ' (below its bar)'}`;
    const rates = `${rate(ours)} ${unit}/s | ${rate(limit)} ${unit}/s | ${time(ours)} ms | ${time(limit)} ms`;
    return `| ${verdict} | ${bar} | ${target ?? ''} | ${rates} | ${quantile(ratios, 0.25).toFixed(2)} to ${quantile(ratios, 0.75).toFixed(2)} | ${ratios.length} |`;
  });
  const details = findings.flatMap(({ name, details: lines }) => ['', `## ${name}`, '', ...lines]);
  const intro =
    'Ratios of one run: both sides take turns on the same machine and database, and the median of the ratios of all rounds counts.';
  return [intro, '', ...head, ...rows, ...details].join('\n');
}

const rate = ({ perSecond }: Round): string => Math.round(perSecond).toLocaleString('en');
const time = ({ p99Ms }: Round): string => p99Ms.toFixed(p99Ms < 10 ? 1 : 0);
