import { renderChartFiles } from './chart.ts';
import { renderChartValues } from './chart-values.ts';
import { renderDashboards } from './dashboards/index.ts';
import { renderMap } from './map.ts';
import { renderSaga } from './saga.ts';
import { callsBy, loadServices } from './services.ts';

/** Every generated page: its path from the root, and what must stand there. */
export async function renderPages(): Promise<Map<string, string>> {
  const services = await loadServices();
  return new Map([
    ['docs/map.md', renderMap(services.map((service) => ({ service, calls: callsBy(service.name) })))],
    ['docs/saga.md', renderSaga()],
    ...renderChartFiles(services),
    ...renderChartValues(),
    ...renderDashboards(),
  ]);
}
