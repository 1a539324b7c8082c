import { join } from 'node:path';
import type { Envelope } from '@souk/contracts';
import { orderConfirmed, productCreated } from '@souk/contracts';
import type { Sidecar } from '@souk/service-kit';
import { PublishFailed, StateConflict } from '@souk/service-kit';
import { envelopeFor, eventually } from '@souk/testing';
import { loadEventDeclarations } from '../../scripts/system/declarations.ts';
import { freePorts } from '../../scripts/system/ports.ts';
import type { ServiceSecrets } from '../../scripts/system/render.ts';
import { renderDapr } from '../../scripts/system/render.ts';
import { keepSecrets, secretsFor } from '../../scripts/system/secrets.ts';
import type { Closing, Ground } from './ground.ts';
import { startGround } from './ground.ts';
import type { SidecarOptions } from './sidecar.ts';
import { startService, startSidecar } from './sidecar.ts';

/**
 * Two sidecars in containers beside a broker and a database in containers: that of `ecommerce`, for whom the test speaks, and that of
 * `audit`, which is the real service, as a process of this machine, and keeps every fact that reaches it.
 */

const START_MS = 600_000;
const ARRIVAL_MS = 40_000;
const EXCHANGE = 'ecommerce_exchange';

const closing: Closing = [];
let ground: Ground;
let secrets: Record<string, string>;
let ecommerce: { client: Sidecar; port: number };
let audit: { client: Sidecar; port: number };

beforeAll(async () => {
  ground = await startGround(['ecommerce', 'audit'], closing);
  const { folder, broker, mongodbUri } = ground;
  secrets = keepSecrets(join(folder, 'secrets.json'));
  const declared = await loadEventDeclarations();
  const secretsOf = (service: string, uri: string): [string, ServiceSecrets] => {
    const has = { ...secretsFor(service, secrets), 'rabbitmq-uri': broker.uriOf(service), 'mongodb-uri': uri };
    return [service, { has, handsOut: declared.secrets[service] ?? [] }];
  };
  const dapr = join(folder, 'dapr');
  const folders = renderDapr(
    dapr,
    // A sidecar connects to the database from its container, a service from this machine.
    Object.fromEntries([secretsOf('ecommerce', mongodbUri.inside), secretsOf('audit', mongodbUri.outside)]),
  );
  const tokens = { dapr: secrets['dapr-api-token'] ?? '', app: secrets['app-api-token'] ?? '' };
  const optionsOf = (service: string, appPort: number | undefined): SidecarOptions => ({
    ...{ service, appPort, folders, tokens },
    secretsFile: join(dapr, 'secrets', `${service}.json`),
  });
  ecommerce = await startSidecar(ground, optionsOf('ecommerce', undefined));
  const beside = optionsOf('audit', await freePorts()());
  audit = await startSidecar(ground, beside);
  await startService(ground, beside, audit.port);
}, START_MS);

afterAll(async () => {
  const failures: unknown[] = [];
  for (const close of closing.reverse()) await close().catch((error: unknown) => failures.push(error));
  expect(failures).toEqual([]);
}, START_MS);

const productEvent = (): Envelope => envelopeFor(productCreated, productCreated.example);

/** As audit has written it into its chain, in the database's container. */
async function entryOf({ id }: Envelope): Promise<{ type: string; seq: number } | null> {
  return await ground.mongo.db('auditdb').collection<{ _id: string; type: string; seq: number }>('entries').findOne({ _id: id });
}

const publish = (...events: Envelope[]) => ecommerce.client.publish('pubsub', EXCHANGE, events);

const arrived = (event: Envelope) =>
  eventually(async () => expect(await entryOf(event)).toMatchObject({ type: event.type }), { withinMs: ARRIVAL_MS });

describe('an event', () => {
  test('goes through the broker under its type, and is delivered to the service that asked for it', async () => {
    const connection = await ground.broker.connect();
    try {
      const channel = await connection.createChannel();
      const { queue } = await channel.assertQueue('', { exclusive: true });
      await channel.bindQueue(queue, EXCHANGE, '#');
      const event = productEvent();
      await publish(event);
      const message = await eventually(async () => {
        const found = await channel.get(queue, { noAck: true });
        if (found === false) throw new Error('nothing came through the broker');
        return found;
      });
      expect(message.fields.routingKey).toBe('product.created');
      expect(JSON.parse(message.content.toString())).toEqual(JSON.parse(JSON.stringify(event)));
      await arrived(event);
    } finally {
      await connection.close();
    }
  });

  test('of another service is refused by the broker, and its own goes on', async () => {
    const foreign = envelopeFor(orderConfirmed, orderConfirmed.example);
    await publish(foreign).catch((error: unknown) => expect(error).toBeInstanceOf(PublishFailed));
    const own = await eventually(
      async () => {
        // One that was on its way when the broker closed the channel is lost, which in a service the relay or the sweep repeats.
        const event = productEvent();
        await publish(event);
        await eventually(async () => expect(await entryOf(event)).not.toBeNull(), { withinMs: 2_000 });
        return event;
      },
      { withinMs: ARRIVAL_MS },
    );
    expect(await entryOf(own)).not.toBeNull();
    expect(await entryOf(foreign)).toBeNull();
  });

  test(
    'that is published while the broker is stopped is not lost, when it is repeated as the relay does; nor is one after it',
    async () => {
      const before = productEvent();
      await publish(before);
      await arrived(before);
      await ground.broker.stop();
      const meanwhile = productEvent();
      await expect(publish(meanwhile)).rejects.toThrow();
      await ground.broker.start();
      await eventually(() => publish(meanwhile), { withinMs: ARRIVAL_MS });
      await arrived(meanwhile);
      const after = productEvent();
      await publish(after);
      await arrived(after);
      const seqs = await Promise.all([before, meanwhile, after].map(async (event) => (await entryOf(event))?.seq));
      expect(seqs).toEqual([...seqs].sort((a = 0, b = 0) => a - b));
    },
    START_MS,
  );
});

describe('the state store', () => {
  const key = 'cart-of-a-test';

  test('guards a value by its ETag, and keeps it in the database', async () => {
    const { client } = ecommerce;
    expect(await client.getState(key)).toEqual({ value: undefined, etag: undefined });
    await client.setState(key, { lines: 1 }, undefined);
    const first = await client.getState(key);
    expect(first).toEqual({ value: { lines: 1 }, etag: expect.any(String) });
    await client.setState(key, { lines: 2 }, first.etag);
    await expect(client.setState(key, { lines: 3 }, first.etag)).rejects.toBeInstanceOf(StateConflict);
    expect((await client.getState(key)).value).toEqual({ lines: 2 });
    const kept = await ground.mongo
      .db('ecommercedb')
      .collection<{ _id: string }>('state')
      .findOne({ _id: `ecommerce||${key}` });
    expect(kept).toMatchObject({ value: { lines: 2 } });
  });

  test('is not there for a service that is not in its scopes', async () => {
    const { status, body } = await audit.client.request({ method: 'GET', path: '/v1.0/state/statestore/any' });
    expect([status, JSON.parse(body.toString()).errorCode]).toEqual([500, 'ERR_STATE_STORE_NOT_CONFIGURED']);
  });
});

describe('a secret', () => {
  /** Compared here, because a failed expectation would print it. */
  const asked = async (sidecar: { client: Sidecar }, name: string) => {
    const { status, body } = await sidecar.client.request({ method: 'GET', path: `/v1.0/secrets/secrets/${name}` });
    return { status, isTold: status === 200 && JSON.parse(body.toString())[name] === secrets[name] };
  };

  test('of the service is told', async () => {
    expect(await asked(ecommerce, 'quote-key')).toEqual({ status: 200, isTold: true });
  });

  test('of another service is not', async () => {
    expect(Object.keys(secrets)).toContain('auth-signing-key');
    expect(await asked(ecommerce, 'auth-signing-key')).toEqual({ status: 500, isTold: false });
    expect(Object.keys(await ecommerce.client.secrets())).not.toContain('auth-signing-key');
  });

  test('is not told to whoever lacks the token', async () => {
    const { host } = new URL(`http://127.0.0.1:${ecommerce.port}`);
    const answer = await fetch(`http://${host}/v1.0/secrets/secrets/quote-key`);
    expect(answer.status).toBe(401);
  });
});
