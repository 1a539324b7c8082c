import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FakeSidecar } from '@souk/testing';
import type { Arrived } from './echo.ts';
import { echo } from './echo.ts';
import { TOY_PATHS } from './toy.ts';
import { CALLEE, CALLER, startToySystem } from './toy-system.ts';

/** A sidecar of `CALLER`, with what a case needs to see behind it. */
export interface SidecarUnderTest {
  port: number;
  token: string;
  /** What its application must find in the secret store. */
  secrets: Record<string, string>;
  /** Requests that `CALLEE` got, in sequence. */
  asked(): Promise<Arrived[]>;
  /** Events that have arrived at the consumer. */
  events(): Promise<unknown[]>;
  stopBroker(): Promise<void>;
  stop(): Promise<void>;
}

export async function startFake(): Promise<SidecarUnderTest> {
  const token = 'a-token-for-the-contract';
  const secrets = { 'mongodb-uri': 'mongodb://127.0.0.1/', 'quote-key': 'a key' };
  const fake = new FakeSidecar({ token, secrets, appId: CALLER });
  const asked: Arrived[] = [];
  fake.onInvoke(CALLEE, ({ method, path, headers, body }) => {
    const arrived = { method, path, headers, body: body.toString() };
    asked.push(arrived);
    return echo(arrived);
  });
  return {
    port: await fake.start(),
    token,
    secrets,
    asked: async () => asked,
    events: async () => fake.published,
    stopBroker: async () => {
      fake.isBrokerDown = true;
    },
    stop: () => fake.stop(),
  };
}

export async function startReal(): Promise<SidecarUnderTest> {
  const dir = mkdtempSync(join(tmpdir(), 'souk-contract-'));
  const system = await startToySystem(dir);
  const seen = async (): Promise<{ asked: Arrived[]; events: unknown[] }> =>
    (await fetch(`${system.url(CALLEE)}${TOY_PATHS.seen}`)).json() as Promise<{ asked: Arrived[]; events: unknown[] }>;
  const { secrets } = system;
  return {
    port: system.ports.services[CALLER]?.http ?? 0,
    token: secrets['dapr-api-token'] ?? '',
    secrets: { 'mongodb-uri': secrets['mongodb-uri'] ?? '', 'quote-key': secrets['quote-key'] ?? '' },
    asked: async () => (await seen()).asked,
    events: async () => (await seen()).events,
    stopBroker: () => system.hold('rabbitmq'),
    stop: async () => {
      await system.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
