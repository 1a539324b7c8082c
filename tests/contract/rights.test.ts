import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ConfirmChannel } from 'amqplib';
import { connect } from 'amqplib';
import type { EventDeclarations } from '../../scripts/system/declarations.ts';
import { loadEventDeclarations } from '../../scripts/system/declarations.ts';
import type { System } from '../../scripts/system/index.ts';
import type { Secrets } from '../../scripts/system/secrets.ts';
import { CALLEE, CALLER, startToySystem } from './sidecar/toy-system.ts';

/** What each sidecar may do in a system as `npm run up` starts it; tests/cluster asks the same in a cluster. */

const START_MS = 120_000;
const folder = mkdtempSync(join(tmpdir(), 'souk-rights-'));
let system: System;
let declared: EventDeclarations['secrets'];

beforeAll(async () => {
  [system, { secrets: declared }] = [await startToySystem(folder), await loadEventDeclarations()];
}, START_MS);

afterAll(async () => {
  await system?.stop();
  rmSync(folder, { recursive: true, force: true });
}, START_MS);

/** All that the sidecar of a service has. */
const secretsOf = (service: string): Secrets =>
  JSON.parse(readFileSync(join(folder, 'dapr', 'secrets', `${service}.json`), 'utf8'));

/** As the user that the sidecar of `service` is at the broker. */
async function atBroker<Result>(service: string, work: (channel: ConfirmChannel) => Promise<Result>): Promise<Result> {
  const connection = await connect(secretsOf(service)['rabbitmq-uri'] ?? '');
  try {
    return await work(await connection.createConfirmChannel());
  } finally {
    await connection.close();
  }
}

/** Resolves when the broker has it, and rejects with what the broker says when it refuses. */
const publish = (service: string, routingKey: string): Promise<void> =>
  atBroker(service, (channel) => {
    const refused = new Promise<never>((_resolve, reject) => channel.once('error', reject));
    channel.publish('ecommerce_exchange', routingKey, Buffer.from('{}'));
    return Promise.race([channel.waitForConfirms(), refused]);
  });

describe('at the broker', () => {
  test('each sidecar is a user of its own, which knows no other password', () => {
    const users = [CALLER, CALLEE].map((service) => new URL(secretsOf(service)['rabbitmq-uri'] ?? ''));
    expect(users.map(({ username }) => username)).toEqual([CALLER, CALLEE]);
    expect(new Set(users.map(({ password }) => password)).size).toBe(2);
    const all = [CALLER, CALLEE].map((service) => JSON.stringify(secretsOf(service)));
    for (const [index, { password }] of users.entries()) expect(all[1 - index]).not.toContain(password);
    expect(all.join()).not.toContain(system.rabbit.password);
  });

  test.each([
    [CALLER, 'product.created', CALLEE],
    [CALLEE, 'order.created', CALLER],
  ])('%s publishes %s, and %s may not', async (publisher, routingKey, other) => {
    await publish(publisher, routingKey);
    await expect(publish(other, routingKey)).rejects.toThrow(
      new RegExp(`403 .* access to topic '${routingKey}' .* user '${other}'`),
    );
  });

  test('a sidecar has no access to the management', async () => {
    const { username, password } = new URL(secretsOf(CALLER)['rabbitmq-uri'] ?? '');
    const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
    expect((await fetch(`${system.rabbit.managementUrl}/api/queues`, { headers: { authorization } })).status).toBe(401);
  });
});

describe('of its secrets', () => {
  const askFor = (service: string, path: string) =>
    fetch(`http://127.0.0.1:${system.ports.services[service]?.http}/v1.0/secrets/secrets/${path}`, {
      headers: { 'dapr-api-token': system.secrets['dapr-api-token'] ?? '' },
    });

  test.each([CALLER, CALLEE])('the sidecar of %s hands out those that the service declares, and no other', async (service) => {
    const answer = await askFor(service, 'bulk');
    const handed = Object.keys((await answer.json()) as object);
    expect(handed.sort()).toEqual(declared[service]?.filter((name) => name in secretsOf(service)).sort());
    expect(handed).toContain('mongodb-uri');
    const kept = Object.keys(secretsOf(service)).filter((name) => !handed.includes(name));
    expect(kept).toContain('rabbitmq-uri');
    for (const name of kept) expect([name, (await askFor(service, name)).status]).toEqual([name, 403]);
  });
});
