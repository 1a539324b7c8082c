import { join } from 'node:path';
import { loadEventDeclarations } from './declarations.ts';
import { givenTo } from './given.ts';
import type { Layout, Replica } from './layout.ts';
import type { PartPlan } from './part.ts';
import { findDaprd } from './parts/daprd.ts';
import { databaseUri, findDatabase, planDatabase } from './parts/database.ts';
import { planMail } from './parts/mail.ts';
import { findRabbit, planRabbit } from './parts/rabbitmq.ts';
import { planSandbox } from './parts/sandbox.ts';
import { planReplica } from './parts/service.ts';
import { root } from './places.ts';
import type { ServiceSecrets } from './render.ts';
import { renderDapr } from './render.ts';
import type { Secrets } from './secrets.ts';
import { randomSecret, secretsFor } from './secrets.ts';
import type { SystemOptions } from './supervisor.ts';
import type { BrokerUser, QueueDeclaration } from './topology.ts';
import { rabbitDefinitions } from './topology.ts';
import { keepTrust } from './trust.ts';
import type { Say } from './ways.ts';

/** How to reach the broker, as its administrator. */
export interface RabbitAccess {
  amqpUrl: string;
  managementUrl: string;
  user: string;
  password: string;
}

/** All that is decided before the first process starts. */
export interface SystemPlan {
  infrastructure: PartPlan[];
  services: PartPlan[];
  secrets: Secrets;
  mongodbUri: string;
  rabbit: RabbitAccess;
  /** What the broker must have before a sidecar starts. */
  definitions: ReturnType<typeof rabbitDefinitions>;
}

const ADMINISTRATOR = 'souk';

/** Finds the parts' programs, makes what they read, and plans their processes. */
export async function planSystem(options: SystemOptions & { layout: Layout; kept: Secrets; say: Say }): Promise<SystemPlan> {
  const { layout, kept, say } = options;
  const daprd = findDaprd(say);
  const [broker, database] = await Promise.all([planBroker(options), planStorage(options), daprd]);
  const secrets = { ...kept, ...addresses(layout, { mongodb: database.uri, rabbitmq: broker.access.amqpUrl }) };
  const folders = renderDapr(join(options.dir, 'dapr'), sidecarSecrets(layout.replicas, { secrets, broker }));
  const parts = layout.ports;
  const sandbox = planSandbox({
    folder: join(options.dir, 'sandbox'),
    port: parts.sandbox,
    apiKey: need(kept, 'sandbox-api-key'),
    webhookSecret: need(kept, 'sandbox-webhook-secret'),
    webhookUrl: `http://127.0.0.1:${portOf(layout, 'gateway') ?? portOf(layout, 'payment') ?? parts.sandbox}/api/payments/webhooks/sandbox`,
  });
  const tokens = { dapr: need(kept, 'dapr-api-token'), app: need(kept, 'app-api-token') };
  const trust = keepTrust(join(options.dir, 'authorities'));
  const binary = await daprd;
  const services = layout.replicas.flatMap((replica) =>
    planReplica({
      ...replica,
      main: options.mains?.[replica.service] ?? join(root, 'services', replica.service, 'src', 'main.ts'),
      daprd: binary,
      folders,
      tokens,
      trust,
      env: { ...environmentOf(replica, layout), ...options.env?.['*'], ...options.env?.[replica.service] },
      watch: options.watch ?? false,
      sidecarMetrics: options.sidecarMetrics ?? false,
    }),
  );
  const infrastructure = [...broker.plans, ...database.plans, sandbox, planMail({ smtp: parts.smtp, web: parts.mail })];
  const { access: rabbit, definitions } = broker;
  return { infrastructure, services, secrets, mongodbUri: database.uri, rabbit, definitions };
}

/** What one service needs beyond the common environment. */
function environmentOf({ service }: Replica, layout: Layout): Record<string, string> {
  const websocket = portOf(layout, 'websocket');
  const knowsSockets = service === 'gateway' && websocket !== undefined;
  return { ...givenTo(service), ...(knowsSockets && { WEBSOCKET_URL: `http://127.0.0.1:${websocket}` }) };
}

interface Broker {
  /** What each service declares that its sidecar hands it. */
  declaredSecrets: Record<string, readonly string[]>;
  plans: PartPlan[];
  access: RabbitAccess;
  /** Each service's sidecar is a user of its own. */
  uriOf(service: string): string;
  definitions: ReturnType<typeof rabbitDefinitions>;
}

async function planBroker(options: SystemOptions & { layout: Layout; kept: Secrets; say: Say }): Promise<Broker> {
  const { kept, layout, say } = options;
  const declared = await loadEventDeclarations();
  const users = layout.replicas.map(({ service }) => sidecarUser(service, declared.publishes[service]));
  const unique = [...new Map(users.map((user) => [user.name, user])).values()];
  const administrator = { name: ADMINISTRATOR, password: need(kept, 'rabbitmq-password') };
  const queues = [...(options.queues ?? declared.queues), ...deadLetterKeeper(options.queues ?? declared.queues)];
  const definitions = rabbitDefinitions(queues, [{ ...administrator, administrator: true }, ...unique]);
  const given = process.env.RABBITMQ_URL;
  const passwords = new Map(unique.map((user) => [user.name, user.password]));
  const uriAt = (origin: string) => (service: string) => withUser(origin, service, passwords.get(service) ?? '');
  if (given) {
    const url = new URL(given);
    const management = url.protocol === 'amqps:' ? `https://${url.hostname}:15671` : `http://${url.hostname}:15672`;
    const managementUrl = process.env.RABBITMQ_MANAGEMENT_URL ?? management;
    const access = {
      amqpUrl: given,
      managementUrl,
      user: decodeURIComponent(url.username),
      password: decodeURIComponent(url.password),
    };
    return { plans: [], access, uriOf: uriAt(given), definitions, declaredSecrets: declared.secrets };
  }
  const programs = await findRabbit(say);
  const folder = join(options.dir, 'rabbitmq');
  const plans = planRabbit({
    folder,
    ports: layout.ports,
    programs,
    cookie: need(kept, 'rabbitmq-cookie'),
    administrator,
    definitions,
  });
  const origin = `amqp://127.0.0.1:${layout.ports.amqp}/`;
  const amqpUrl = withUser(origin, administrator.name, administrator.password);
  const access = {
    amqpUrl,
    managementUrl: `http://127.0.0.1:${layout.ports.management}`,
    user: administrator.name,
    password: administrator.password,
  };
  return { plans, access, uriOf: uriAt(origin), definitions, declaredSecrets: declared.secrets };
}

/** A service whose types are not known is not narrowed. */
function sidecarUser(service: string, publishes: readonly string[] | undefined): BrokerUser {
  return { name: service, password: randomSecret(), ...(publishes && { writes: publishes }) };
}

/** Dead letters are kept even while audit, whose queue they go to, is not part of the system. */
function deadLetterKeeper(queues: readonly QueueDeclaration[]): QueueDeclaration[] {
  if (queues.some((queue) => queue.topic === 'dead_letters')) return [];
  const keeper = { service: 'audit', queue: 'dead-letters.unread', component: 'pubsub', topic: 'dead_letters' } as const;
  return [{ ...keeper, routingKeys: ['#'], singleActiveConsumer: false }];
}

async function planStorage({
  dir,
  layout,
  say,
}: SystemOptions & { layout: Layout; say: Say }): Promise<{ plans: PartPlan[]; uri: string }> {
  const given = process.env.MONGODB_URI;
  if (given) return { plans: [], uri: given };
  const port = layout.ports.mongodb;
  const plan = planDatabase({ folder: join(dir, 'mongodb'), port, program: await findDatabase(say) });
  return { plans: [plan], uri: databaseUri(port) };
}

function addresses(layout: Layout, { mongodb, rabbitmq }: { mongodb: string; rabbitmq: string }): Secrets {
  return {
    'mongodb-uri': mongodb,
    'rabbitmq-uri': rabbitmq,
    'sandbox-url': `http://127.0.0.1:${layout.ports.sandbox}`,
    'smtp-url': `smtp://127.0.0.1:${layout.ports.smtp}`,
  };
}

/** Internal secrets of the runner stay with it. */
function sidecarSecrets(
  replicas: readonly Replica[],
  { secrets, broker }: { secrets: Secrets; broker: Broker },
): Record<string, ServiceSecrets> {
  const {
    'rabbitmq-password': _password,
    'rabbitmq-cookie': _cookie,
    'dapr-api-token': _dapr,
    'app-api-token': _app,
    ...shared
  } = secrets;
  return Object.fromEntries(
    replicas.map(({ service }) => {
      const has = { ...secretsFor(service, shared), 'rabbitmq-uri': broker.uriOf(service) };
      return [service, { has, handsOut: broker.declaredSecrets[service] ?? [] }];
    }),
  );
}

function withUser(origin: string, name: string, password: string): string {
  const url = new URL(origin);
  url.username = name;
  url.password = password;
  return url.toString();
}

function portOf(layout: Layout, service: string): number | undefined {
  return layout.replicas.find((replica) => replica.service === service)?.ports.app;
}

function need(secrets: Secrets, name: string): string {
  const value = secrets[name];
  if (value === undefined) throw new Error(`The secret ${name} is missing in the secrets file`);
  return value;
}
