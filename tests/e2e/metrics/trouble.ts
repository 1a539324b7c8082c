import { SERVICES } from '@souk/contracts';
import type { LoggedEvent } from '@souk/service-kit';
import { envelopeOf, newId } from '@souk/service-kit';
import type { System } from '../../../scripts/system/index.ts';
import type { Day } from '../day.ts';
import { PASSWORD } from '../day.ts';
import { until } from '../platform.ts';

async function askBroker({ rabbit }: System, method: string, path: string, body?: object): Promise<void> {
  const authorization = `Basic ${Buffer.from(`${rabbit.user}:${rabbit.password}`).toString('base64')}`;
  const headers = { authorization, 'content-type': 'application/json' };
  const answer = await fetch(`${rabbit.managementUrl}/api/${path}`, { method, headers, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`the broker answered ${answer.status} to ${method} ${path}: ${await answer.text()}`);
}

/** A request as a sidecar hands it to its application. */
function askDirectly(system: System, service: string, request: { method: string; path: string; token?: string; body: object }) {
  const { method, path, token, body } = request;
  const headers = {
    ...{ 'content-type': 'application/json', 'dapr-api-token': system.secrets['app-api-token'] ?? '' },
    ...{ 'dapr-caller-app-id': 'audit', 'idempotency-key': newId() },
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
  };
  return fetch(`${system.url(service)}${path}`, { method, headers, body: JSON.stringify(body) });
}

/** Each service but the gateway is asked what it has to refuse, and for a fact in its log that nobody can read: a fault of its own. */
export async function provokeFailures({ platform: { system, api }, databases }: Day): Promise<void> {
  const path = '/internal/events/fetch';
  await api.request('GET', '/orders');
  await Promise.all(
    SERVICES.filter((service) => service !== 'gateway').map(async (service) => {
      const log = databases.of(service).collection<{ _id: string; position: number }>('events');
      const broken = { _id: newId(), position: 0 };
      await log.insertOne(broken);
      const failed = await askDirectly(system, service, { method: 'POST', path, body: { ids: [broken._id] } });
      const refused = await askDirectly(system, service, { method: 'POST', path, body: {} });
      await log.deleteOne({ _id: broken._id });
      expect([service, failed.status, refused.status]).toEqual([service, 500, 422]);
    }),
  );
}

/** Without its sidecar company can hand no fact on and cannot be asked; what it should hear meanwhile is lost at the broker. */
export async function loseSidecar({ platform, tenant, databases }: Day): Promise<void> {
  const { system, api, superAdmin } = platform;
  const registrations = () => databases.of('audit').collection('entries').countDocuments({ type: 'user.registered' });
  const before = await registrations();
  await system.hold('company-sidecar');
  const [asked] = await Promise.all([
    api.request('GET', '/companies', { token: superAdmin.token }),
    askDirectly(system, 'company', {
      method: 'PATCH',
      path: `/companies/${tenant.companyId}/settings`,
      token: superAdmin.token,
      body: { taxInclusive: true },
    }),
    api.ask('POST', '/auth/register', { body: { name: 'Lost', email: 'lost@example.com', password: PASSWORD } }),
  ]);
  expect(asked.status).toBeGreaterThanOrEqual(500);
  await until(registrations, (count) => count > before);
  await askBroker(system, 'DELETE', 'queues/%2F/company.events/contents');
  await system.release('company-sidecar');
}

/** Sales hears of goods for an order that it cannot read, and tries again and again; when that is gone, it sets the event aside. */
export async function sendDeadLetter({ platform, databases, tenant }: Day): Promise<void> {
  const { system, api, superAdmin } = platform;
  const sent = { type: 'inventory.reserved', companyId: tenant.companyId, position: { $gt: 0 } };
  const fact = await databases.of('inventory').collection<LoggedEvent>('events').findOne(sent);
  if (!fact) throw new Error('nothing was ever held for an order');
  const orders = databases.of('sales').collection<{ _id: string; revision: number; phase: string }>('orders');
  const { data, ...envelope } = envelopeOf('inventory', fact);
  const { revision } = data as { revision: number };
  const orderId = newId();
  await orders.insertOne({ _id: orderId, revision, phase: 'open' });
  await askBroker(system, 'POST', 'exchanges/%2F/ecommerce_exchange/publish', {
    properties: { content_type: 'application/cloudevents+json', delivery_mode: 2 },
    routing_key: fact.type,
    payload: JSON.stringify({ ...envelope, id: newId(), data: { ...(data as object), orderId } }),
    payload_encoding: 'string',
  });
  const counted = async () => (await fetch(`${system.url('sales')}/metrics`)).text();
  await until(counted, (text) => text.includes('outcome="retried"'));
  await orders.deleteOne({ _id: orderId });
  await until(
    () => api.ask('GET', '/audit/dead-letters?status=kept', { token: superAdmin.token }),
    (page) => page.data.length > 0,
  );
}

/** Somebody's hand in the database: a piece on the shelf that never came in. Inventory looks when it starts, debt what is overdue. */
export async function breakStock({ platform: { system }, databases, hasty }: Day): Promise<void> {
  const stock = databases.of('inventory').collection('stock');
  const { modifiedCount } = await stock.updateOne(
    { companyId: hasty.companyId },
    { $inc: { onHand: 1 }, $set: { updatedAt: new Date() } },
  );
  expect(modifiedCount).toBe(1);
  await Promise.all([system.restart('inventory'), system.restart('debt')]);
}
