import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os, { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '@souk/testing';
import type { ChannelModel } from 'amqplib';
import { connect } from 'amqplib';
import { MongoClient } from 'mongodb';
import type { ContainerRuntimeClient, StartedNetwork, StartedTestContainer } from 'testcontainers';
import { GenericContainer, getContainerRuntimeClient, Network, Wait } from 'testcontainers';
import type { EventDeclarations } from '../../scripts/system/declarations.ts';
import { loadEventDeclarations } from '../../scripts/system/declarations.ts';
import { root } from '../../scripts/system/places.ts';
import { randomSecret } from '../../scripts/system/secrets.ts';
import type { BrokerUser } from '../../scripts/system/topology.ts';
import { rabbitDefinitions } from '../../scripts/system/topology.ts';
import type { Image } from './images.ts';
import { provideImage } from './images.ts';

const AMQP = 5672;
const MONGODB = 27_017;
const READY_MS = 120_000;
/** What the broker has to end in, before it is killed. */
const BROKER_STOP_SECONDS = 60;
const ADMINISTRATOR = 'souk';
const NETWORK_LABEL = 'dev.souk.network';

// The image of what would clean up after a killed run is not to be had everywhere: the containers are removed by their own test.
process.env.TESTCONTAINERS_RYUK_DISABLED ??= 'true';

/** What was started last is stopped first. */
export type Closing = (() => Promise<unknown>)[];

export interface Broker {
  /** As containers of the network reach it. */
  uriOf(user: string): string;
  /** As the administrator, from this machine. */
  connect(): Promise<ChannelModel>;
  stop(): Promise<void>;
  start(): Promise<void>;
}

/** Broker and database in containers on a network of their own. */
export interface Ground {
  engine: ContainerRuntimeClient;
  network: StartedNetwork;
  /** Temporary, and of the same path in containers. */
  folder: string;
  broker: Broker;
  mongo: MongoClient;
  mongodbUri: { inside: string; outside: string };
  sidecarImage: Image;
  closing: Closing;
}

const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** What is started for it is in `closing` even when it fails. */
export async function startGround(users: readonly string[], closing: Closing): Promise<Ground> {
  const engine = await getContainerRuntimeClient();
  const folder = mkdtempSync(join(tmpdir(), 'souk-containers-'));
  closing.push(async () => rmSync(folder, { recursive: true, force: true }));
  const network = await new Network().start();
  closing.push(() => network.stop());
  closing.push(() => removeContainers(engine, network));
  const common = { engine, network, folder, closing };
  const sidecarImage = await provideImage(engine, 'daprd', say);
  const broker = await startBroker(common, users);
  const database = await startDatabase(common);
  return { ...common, sidecarImage, broker, ...database };
}

/** Those that did not come to start, too. */
async function removeContainers({ container }: ContainerRuntimeClient, network: StartedNetwork): Promise<void> {
  const filters = { label: [`${NETWORK_LABEL}=${network.getName()}`] };
  const found = await container.dockerode.listContainers({ all: true, filters });
  for (const { Id } of found) await container.getById(Id).remove({ force: true, v: true });
}

type Common = Pick<Ground, 'engine' | 'network' | 'closing'>;

/** A container under an alias of the network; asked for an answer by those who start it, because what it runs has no shell. */
export function containerOf(image: Image, { network }: Pick<Ground, 'network'>, alias: string): GenericContainer {
  const container = new GenericContainer(image.name)
    .withNetwork(network)
    .withNetworkAliases(alias)
    .withHostname(alias)
    .withLabels({ [NETWORK_LABEL]: network.getName() })
    .withWaitStrategy(Wait.forAll([]));
  if (image.command.length > 0) container.withCommand(image.command);
  return image.user === undefined ? container : container.withUser(image.user);
}

async function startBroker({ engine, network }: Common, users: readonly string[]): Promise<Broker> {
  const image = await provideImage(engine, 'rabbitmq', say);
  const passwords = new Map([ADMINISTRATOR, ...users].map((name) => [name, randomSecret()]));
  const definitions = definitionsOf(await loadEventDeclarations(), users, passwords);
  const container = await containerOf(image, { network }, 'rabbitmq')
    .withEnvironment({ RABBITMQ_LOGS: '-', HOME: '/var/lib/rabbitmq' })
    .withCopyContentToContainer([
      { target: '/etc/rabbitmq/conf.d/20-souk.conf', content: readFileSync(join(root, 'scripts', 'compose', 'rabbitmq.conf')) },
      { target: '/run/souk/definitions.json', content: JSON.stringify(definitions) },
    ])
    .withExposedPorts(AMQP)
    .start();
  const connectTo = async (): Promise<ChannelModel> => {
    const port = await portOf(engine, container, AMQP);
    const uri = `amqp://${ADMINISTRATOR}:${passwords.get(ADMINISTRATOR)}@${container.getHost()}:${port}/`;
    return await connect(uri);
  };
  const untilReady = () => eventually(async () => (await connectTo()).close(), { withinMs: READY_MS });
  await untilReady();
  const inner = engine.container.getById(container.getId());
  return {
    uriOf: (user) => `amqp://${user}:${passwords.get(user)}@rabbitmq:${AMQP}/`,
    connect: connectTo,
    stop: () => engine.container.stop(inner, { timeout: BROKER_STOP_SECONDS }),
    start: async () => {
      await engine.container.start(inner);
      await untilReady();
    },
  };
}

/** Queues and rights of the services there are, as every installation has them. */
function definitionsOf(
  { queues, publishes }: EventDeclarations,
  names: readonly string[],
  passwords: Map<string, string>,
): object {
  const users = names.map((name): BrokerUser => ({ name, password: passwords.get(name) ?? '', writes: publishes[name] ?? [] }));
  const administrator = { name: ADMINISTRATOR, password: passwords.get(ADMINISTRATOR) ?? '', administrator: true };
  return rabbitDefinitions(
    queues.filter(({ service }) => names.includes(service)),
    [administrator, ...users],
  );
}

/** The port of this machine; an engine gives another one at each start. */
async function portOf(engine: ContainerRuntimeClient, container: StartedTestContainer, inner: number): Promise<number> {
  const { NetworkSettings } = await engine.container.inspect(engine.container.getById(container.getId()));
  return Number(NetworkSettings.Ports[`${inner}/tcp`]?.[0]?.HostPort);
}

async function startDatabase({ engine, network, closing }: Common): Promise<Pick<Ground, 'mongo' | 'mongodbUri'>> {
  const image = await provideImage(engine, 'mongodb', say);
  const container = await containerOf(image, { network }, 'mongodb').withExposedPorts(MONGODB).start();
  const uriAt = (host: string, port: number) => `mongodb://${host}:${port}/?directConnection=true`;
  const mongodbUri = {
    inside: uriAt('mongodb', MONGODB),
    outside: uriAt(container.getHost(), container.getMappedPort(MONGODB)),
  };
  // `os` is given, because the driver would import it dynamically, which Jest's modules do not allow.
  const mongo = new MongoClient(mongodbUri.outside, { serverSelectionTimeoutMS: 2_000, runtimeAdapters: { os } });
  closing.push(() => mongo.close());
  await eventually(() => becomePrimary(mongo), { withinMs: READY_MS });
  return { mongo, mongodbUri };
}

/** Transactions need a replica set, be it of one; the stand-in announces itself as one. */
async function becomePrimary(mongo: MongoClient): Promise<void> {
  const admin = mongo.db('admin');
  const { setName, isWritablePrimary } = await admin.command({ hello: 1 });
  if (setName === undefined)
    await admin.command({ replSetInitiate: { _id: 'souk', members: [{ _id: 0, host: `mongodb:${MONGODB}` }] } });
  if (isWritablePrimary !== true) throw new Error('the database takes no writes yet');
}
