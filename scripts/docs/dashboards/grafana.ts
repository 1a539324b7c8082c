/** Units as Grafana calls them. */
export type Unit = 'short' | 'none' | 's' | 'ms' | 'percentunit' | 'reqps' | 'ops' | 'bytes' | 'cpm';

export interface Panel {
  title: string;
  description: string;
  unit: Unit;
  /** What is shown: its legend, and its expression. */
  lines: readonly (readonly [legend: string, expr: string])[];
  /** One figure instead of lines over time. */
  isFigure?: true;
  /** From which value on it is shown in red. */
  badFrom?: number;
}

export interface Row {
  title: string;
  panels: readonly Panel[];
}

export interface Dashboard {
  /** Also the end of its address: `/d/souk-<name>`. */
  name: string;
  title: string;
  description: string;
  /** Whether it is of one service, which is chosen. */
  isOfService?: true;
  rows: readonly Row[];
}

const COLUMNS = 24;
const FIGURE = { w: 4, h: 4 };
const LINES = { w: 8, h: 8 };
/** As Grafana writes what it fills in. */
const filledIn = (name: string) => `\${${name}}`;
const source = { type: 'prometheus', uid: filledIn('datasource') };

/** A dashboard as Grafana 12 keeps it, which newer ones read too. */
export function renderDashboard({ name, title, description, isOfService, rows }: Dashboard): object {
  return {
    uid: `souk-${name}`,
    title: `Souk: ${title}`,
    description,
    tags: ['souk'],
    schemaVersion: 41,
    editable: false,
    graphTooltip: 1,
    refresh: '30s',
    time: { from: 'now-3h', to: 'now' },
    timezone: 'browser',
    links: [
      {
        type: 'dashboards',
        title: 'Souk',
        tags: ['souk'],
        icon: 'dashboard',
        keepTime: true,
        includeVars: true,
        targetBlank: false,
      },
    ],
    templating: { list: variables(isOfService ?? false) },
    annotations: { list: [alertMarks] },
    panels: layOut(rows),
  };
}

/** Marks when a critical alert began and ended. */
const alertMarks = {
  name: 'Critical alerts',
  datasource: source,
  enable: true,
  iconColor: 'red',
  expr: 'ALERTS{alertstate="firing", severity="critical", alertname=~"Souk.*"}',
  titleFormat: '{{alertname}}',
  textFormat: '{{service}} {{queue}} {{invariant}}',
  step: '60s',
};

function variables(isOfService: boolean): object[] {
  const query = (of: string, label: string) => ({
    type: 'query',
    name: label,
    label: `${label[0]?.toUpperCase()}${label.slice(1)}`,
    datasource: source,
    query: { query: `label_values(${of}, ${label})`, refId: label },
    refresh: 2,
    sort: 1,
  });
  return [
    { type: 'datasource', name: 'datasource', label: 'Data source', query: 'prometheus', refresh: 1 },
    // All of them also where series have no namespace, as from a Prometheus without an operator.
    {
      ...query('up{job="souk-services"}', 'namespace'),
      includeAll: true,
      allValue: '.*',
      current: { text: 'All', value: '$__all' },
    },
    ...(isOfService ? [query('up{job="souk-services", namespace=~"$namespace"}', 'service')] : []),
  ];
}

/** Rows below each other; in each the figures first, then what is drawn over time. */
function layOut(rows: readonly Row[]): object[] {
  const panels: object[] = [];
  let y = 0;
  for (const { title, panels: inRow } of rows) {
    panels.push({
      id: panels.length + 1,
      type: 'row',
      title,
      collapsed: false,
      gridPos: { x: 0, y, w: COLUMNS, h: 1 },
      panels: [],
    });
    y += 1;
    for (const [size, isFigure] of [
      [FIGURE, true],
      [LINES, false],
    ] as const) {
      const some = inRow.filter((panel) => (panel.isFigure ?? false) === isFigure);
      const perLine = COLUMNS / size.w;
      for (const [index, panel] of some.entries()) {
        const gridPos = { x: (index % perLine) * size.w, y: y + Math.floor(index / perLine) * size.h, ...size };
        panels.push({ id: panels.length + 1, gridPos, ...renderPanel(panel) });
      }
      y += Math.ceil(some.length / perLine) * size.h;
    }
  }
  return panels;
}

function renderPanel({ title, description, unit, lines, isFigure, badFrom }: Panel): object {
  const red = badFrom === undefined ? [] : [{ color: 'red', value: badFrom }];
  // Lines of a service lead to its own dashboard.
  const links = lines.some(([legend]) => legend.includes('{{service}}')) ? [toService] : [];
  return {
    type: isFigure ? 'stat' : 'timeseries',
    title,
    description,
    datasource: source,
    targets: lines.map(([legendFormat, expr], index) => ({
      refId: String.fromCharCode(65 + index),
      datasource: source,
      expr,
      legendFormat,
      ...(isFigure ? { instant: true } : { range: true }),
    })),
    fieldConfig: {
      defaults: {
        unit,
        links,
        thresholds: { mode: 'absolute', steps: [{ color: 'green', value: null }, ...red] },
        ...(isFigure
          ? {}
          : { min: 0, custom: { fillOpacity: 5, thresholdsStyle: { mode: badFrom === undefined ? 'off' : 'dashed' } } }),
      },
      overrides: [],
    },
    options: isFigure
      ? { reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false }, colorMode: 'value', graphMode: 'none' }
      : { legend: { displayMode: 'list', placement: 'bottom' }, tooltip: { mode: 'multi', sort: 'desc' } },
  };
}

const toService = {
  title: 'This service',
  url: `/d/souk-service?${[
    ...['datasource', 'namespace'].map((name) => `var-${name}=${filledIn(name)}`),
    `var-service=${filledIn('__field.labels.service')}`,
    filledIn('__url_time_range'),
  ].join('&')}`,
};
