// Which facts each service may publish, by the broker's own book of rights and by what comes through when it tries.
import { SERVICES } from '@souk/contracts';
import { z } from 'zod';
import type { Cluster } from '../../scripts/cluster/cluster.ts';
import { NODE } from '../../scripts/cluster/cluster.ts';
import { kubectl } from '../../scripts/cluster/commands.ts';
import { until } from '../../scripts/cluster/waiting.ts';
import { loadServices } from '../../scripts/docs/services.ts';
import { runInside } from './asking.ts';
import { BROKER_PORT } from './ground.ts';
import { NAMESPACE } from './installation.ts';

const EXCHANGE = 'ecommerce_exchange';
/** Hears everything, for the time of the test. */
const PROBE = 'probe';
const ARRIVAL_MS = 20_000;

/** Publishes one event after another, as the kit does, each marked with its publisher. */
const PUBLISH = `
const { events } = JSON.parse(process.argv[1]);
const path = '/v1.0-alpha1/publish/bulk/pubsub/${EXCHANGE}?metadata.rawPayload=true';
const headers = { 'dapr-api-token': process.env.DAPR_API_TOKEN, 'content-type': 'application/json' };
const found = [];
for (const event of events) {
  const entry = { entryId: '1', event, contentType: 'application/cloudevents+json', metadata: { routingKey: event.type } };
  found.push((await fetch('http://127.0.0.1:3500' + path, { method: 'POST', headers, body: JSON.stringify([entry]) })).status);
}
process.stdout.write(JSON.stringify(found));
`;

const rights = z.array(z.object({ user: z.string(), exchange: z.string(), write: z.string() }));
const messages = z.array(z.object({ payload: z.string() }));

/**
 * Holds the broker's rights against what services declare, kind by kind, and has each service publish a fact of its own and one of
 * another's. What comes through is no fact, so it becomes dead letters.
 */
export async function tryFacts(cluster: Cluster): Promise<{ tried: number; wrong: string[] }> {
  const ask = await openManagement(cluster);
  const services = await loadServices();
  const types = services.flatMap(({ publishes }) => publishes.map(({ type }) => type));
  const declared = new Map(services.map(({ name, publishes }) => [name, new Set(publishes.map(({ type }) => type))]));
  const kept = rights.parse(await ask('GET', '/topic-permissions'));
  const wrong = SERVICES.flatMap((service) => {
    const own = kept.filter(({ user, exchange }) => user === service && exchange === EXCHANGE);
    if (own.length !== 1) return [`${service} has ${own.length} rights to ${EXCHANGE}`];
    const write = new RegExp(own[0]?.write ?? '');
    return types
      .filter((type) => write.test(type) !== declared.get(service)?.has(type))
      .map((type) => `${service}'s right to ${type}`);
  });
  await ask('PUT', `/queues/%2F/${PROBE}`, {});
  await ask('POST', `/bindings/%2F/e/${EXCHANGE}/q/${PROBE}`, { routing_key: '#' });
  const due: string[] = [];
  for (const service of SERVICES) {
    const own = types.find((type) => declared.get(service)?.has(type));
    const another = types.find((type) => !declared.get(service)?.has(type)) ?? '';
    if (own !== undefined) due.push(`${service} ${own}`);
    const events = [own, another].flatMap((type) => (type === undefined ? [] : [{ type, probe: service }]));
    await runInside(cluster, service, { program: PUBLISH, given: { events } });
  }
  const found: string[] = [];
  await until('what may be published has come', ARRIVAL_MS, async () => {
    found.push(...(await take(ask)));
    return due.every((one) => found.includes(one));
  }).catch(() => undefined);
  await ask('DELETE', `/queues/%2F/${PROBE}`);
  wrong.push(...due.filter((one) => !found.includes(one)).map((one) => `${one} did not come through`));
  wrong.push(...found.filter((one) => !due.includes(one)).map((one) => `${one} came through`));
  return { tried: SERVICES.length * types.length + due.length + SERVICES.length, wrong };
}

type Ask = (method: string, path: string, body?: object) => Promise<unknown>;

/** The broker's management, as its administrator. */
async function openManagement(cluster: Cluster): Promise<Ask> {
  const printed = await kubectl(cluster, ['get', 'secret', 'platform-rabbitmq', '--namespace', NAMESPACE, '--output=json']);
  const { data }: { data: Record<string, string> } = JSON.parse(printed);
  const [name, password] = ['username', 'password'].map((key) => Buffer.from(data[key] ?? '', 'base64').toString());
  const authorization = `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`;
  const headers = { authorization, 'content-type': 'application/json' };
  return async (method, path, body) => {
    const url = `http://${NODE.address}:${BROKER_PORT}/api${path}`;
    const answer = await fetch(url, { method, headers, ...(body && { body: JSON.stringify(body) }) });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`the broker answered ${method} ${path} with ${answer.status}: ${text.slice(0, 300)}`);
    return text === '' ? undefined : JSON.parse(text);
  };
}

/** Who published what, of the messages that wait; others' than the test's are thrown away. */
async function take(ask: Ask): Promise<string[]> {
  const asked = { count: 500, ackmode: 'ack_requeue_false', encoding: 'auto' };
  const waiting = messages.parse(await ask('POST', `/queues/%2F/${PROBE}/get`, asked));
  return waiting.flatMap(({ payload }) => {
    const { type, probe }: { type?: string; probe?: string } = JSON.parse(payload);
    return probe === undefined ? [] : [`${probe} ${type}`];
  });
}
