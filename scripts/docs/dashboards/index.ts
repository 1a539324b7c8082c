import { business } from './business.ts';
import { delivery } from './delivery.ts';
import type { Dashboard } from './grafana.ts';
import { renderDashboard } from './grafana.ts';
import { orders } from './orders.ts';
import { overview } from './overview.ts';
import { service } from './service.ts';
import { transport } from './transport.ts';

export const DASHBOARDS: readonly Dashboard[] = [overview, service, transport, orders, delivery, business];

/** Grafana's dashboards as the chart brings them, by their paths. */
export const renderDashboards = (): [string, string][] =>
  DASHBOARDS.map((dashboard) => [
    `charts/souk/files/dashboards/${dashboard.name}.json`,
    `${JSON.stringify(renderDashboard(dashboard), undefined, 1)}\n`,
  ]);
