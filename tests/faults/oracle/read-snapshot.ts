import { allEvents, SERVICES } from '@souk/contracts';
import type { mongo } from 'mongoose';
import type { Api } from '../../../scripts/demo/api.ts';
import { loadQueues } from '../../../scripts/system/index.ts';
import type { Acknowledged, GatewayMovement, Sales, Snapshot } from './snapshot.ts';

/** Where the oracle reads: the public API as the platform's administrator, the gateway's own book, and the databases. */
export interface Reading {
  database(service: string): mongo.Db;
  api: Api;
  token: string;
  sandbox: { url: string; key: string };
  companyIds: string[];
}

let subscriptions: Promise<Record<string, string[]>> | undefined;

/** The facts that each service works off, from the services' own tables of contents. */
function readSubscriptions(): Promise<Record<string, string[]>> {
  subscriptions ??= loadQueues().then((queues) => {
    const facts = allEvents.filter(({ kind }) => kind === 'fact').map(({ type }) => type);
    const byService: Record<string, string[]> = {};
    for (const { service, topic, routingKeys } of queues) {
      if (topic !== 'ecommerce_exchange') continue;
      const types = routingKeys.includes('#') ? facts : routingKeys.filter((type) => facts.includes(type));
      byService[service] = [...(byService[service] ?? []), ...types];
    }
    return byService;
  });
  return subscriptions;
}

async function byService<Value>(read: (service: string) => Promise<Value>): Promise<Record<string, Value>> {
  return Object.fromEntries(await Promise.all(SERVICES.map(async (service) => [service, await read(service)])));
}

/** Reads everything the oracle judges. At rest only: what moves meanwhile is seen half before and half after. */
export async function readSnapshot(from: Reading, acknowledged: readonly Acknowledged[]): Promise<Snapshot> {
  const all = <Doc extends mongo.BSON.Document>(
    service: string,
    name: string,
    fields: mongo.BSON.Document = {},
  ): Promise<Doc[]> => from.database(service).collection(name).find<Doc>({}, { projection: fields }).toArray();
  const headless = { changes: 0, data: 0 };
  const heads = await all<Snapshot['heads'][number]>('audit', 'chain_heads');
  return {
    acknowledged: [...acknowledged],
    shown: await listAll(from, '/orders'),
    orders: await all('sales', 'orders', { timeline: 0, shippingAddress: 0 }),
    holds: await all('inventory', 'holds'),
    stock: await all('inventory', 'stock'),
    movements: await all('inventory', 'movements'),
    payments: await all('payment', 'payments'),
    ledger: await all('payment', 'ledger'),
    gateway: await readGateway(from),
    logs: await byService((service) => all(service, 'events', headless)),
    seen: await byService((service) => all(service, 'seen')),
    since: await byService(async (service) => {
      const starts = await all<{ _id: string; since: Date }>(service, 'subscription_starts');
      return Object.fromEntries(starts.map(({ _id, since }) => [_id, since]));
    }),
    subscribed: await readSubscriptions(),
    deadLetters: await all('audit', 'dead_letters', { event: 0 }),
    entries: await all('audit', 'entries'),
    heads,
    verdicts: await Promise.all(heads.map(({ _id }) => verify(from, _id))),
    notifications: await all('notification', 'notifications', { content: 0, variables: 0 }),
    messages: await all('websocket', 'messages', { data: 0 }),
    shops: await all('shop', 'shops', { companyId: 1 }),
    products: await all('ecommerce', 'products', { companyId: 1 }),
    sales: await Promise.all(from.companyIds.map((companyId) => readSales(from, companyId))),
  };
}

async function listAll({ api, token }: Reading, path: string): Promise<Snapshot['shown']> {
  const found: Snapshot['shown'] = [];
  let cursor: string | undefined;
  do {
    const more: string = cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const page = await api.ask('GET', `${path}?limit=100${more}`, { token });
    found.push(...page.data);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return found;
}

async function readGateway({ sandbox }: Reading): Promise<GatewayMovement[]> {
  const found: GatewayMovement[] = [];
  for (let after: number | null = 0; after !== null; ) {
    const answer = await fetch(`${sandbox.url}/v1/ledger?limit=1000&after=${after}`, {
      headers: { authorization: `Bearer ${sandbox.key}` },
    });
    if (!answer.ok) throw new Error(`the gateway's ledger answered ${answer.status}`);
    const page = (await answer.json()) as { data: GatewayMovement[]; nextAfter: number | null };
    found.push(...page.data);
    after = page.nextAfter;
  }
  return found;
}

async function verify({ api, token }: Reading, chain: string): Promise<{ chain: string; valid: boolean }> {
  const body = chain === 'platform' ? {} : { companyId: chain };
  const { valid } = await api.ask('POST', '/audit/verify', { token, body });
  return { chain, valid };
}

async function readSales({ api, token }: Reading, companyId: string): Promise<Sales> {
  const { total } = await api.ask('GET', `/analytics/sales?companyId=${companyId}`, { token });
  return { companyId, orders: total.orders, gross: total.gross, refunds: total.refunds };
}
