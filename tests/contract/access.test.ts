import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findChartPrograms } from '../../scripts/system/parts/kubernetes.ts';
import type { KubeObject } from '../deploy/rendering.ts';
import { named, objectsIn, render } from '../deploy/rendering.ts';
import type { Identities } from './access/identities.ts';
import { headers, startIdentities } from './access/identities.ts';

/**
 * Whom a sidecar lets through, by the configurations of the chart and certificates of a real sentry: some of what the cluster's
 * proof asks of every service.
 */

const START_MS = 120_000;
const CALLEE = 'sales';
const folder = mkdtempSync(join(tmpdir(), 'souk-access-'));
const ports = new Map<string, number>();
let identities: Identities;
let application: Server;
let arrived: string[];

beforeAll(async () => {
  application = createServer((request, response) => {
    if (request.url?.startsWith('/dapr/')) return void response.writeHead(404).end();
    arrived.push(`${request.headers['dapr-caller-app-id']} ${request.method} ${request.url}`);
    response.end('let through');
  });
  await once(application.listen(0, '127.0.0.1'), 'listening');
  const { helm } = await findChartPrograms(() => undefined);
  const configurations = named(objectsIn(await render(helm, 'souk', [])), 'Configuration');
  const of = (service: string) => configurations.get(service) as KubeObject;
  identities = await startIdentities(folder);
  await identities.start(CALLEE, of(CALLEE), (application.address() as AddressInfo).port);
  for (const caller of ['gateway', 'payment', 'company']) ports.set(caller, await identities.start(caller, of(caller)));
}, START_MS);

afterAll(async () => {
  await identities?.stop();
  application.closeAllConnections();
  application.close();
  rmSync(folder, { recursive: true, force: true });
});

beforeEach(() => {
  arrived = [];
});

async function ask(caller: string, method: string, path: string): Promise<{ status: number; text: string }> {
  const url = `http://127.0.0.1:${ports.get(caller)}/v1.0/invoke/${CALLEE}/method${path}`;
  const answer = await fetch(url, { method, headers, ...(method !== 'GET' && { body: '{}' }) });
  return { status: answer.status, text: await answer.text() };
}

test.each([
  ['payment', 'GET', '/internal/orders/order_1'],
  ['payment', 'POST', '/internal/events/list'],
  ['gateway', 'DELETE', '/anything/at/all'],
])('%s may ask %s %s, as the chart says', async (caller, method, path) => {
  expect(await ask(caller, method, path)).toEqual({ status: 200, text: 'let through' });
  expect(arrived).toEqual([`${caller} ${method} ${path}`]);
});

test.each([
  ['an operation of another caller', 'payment', 'GET', '/orders/order_1'],
  ['another method of its own operation', 'payment', 'DELETE', '/internal/orders/order_1'],
  ['what lies below its own operation', 'payment', 'GET', '/internal/orders/order_1/more'],
  ['everything that somebody asks who is not named', 'company', 'POST', '/internal/events/list'],
])('%s is refused', async (_what, caller, method, path) => {
  expect(await ask(caller, method, path)).toMatchObject({
    status: 403,
    text: expect.stringContaining('access control policy has denied'),
  });
  expect(arrived).toEqual([]);
});
