import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Socket } from 'socket.io-client';
import { io } from 'socket.io-client';
import { Api } from '../../scripts/demo/api.ts';
import type { SignedIn } from '../../scripts/demo/people.ts';
import { signIn } from '../../scripts/demo/people.ts';
import type { System, SystemOptions } from '../../scripts/system/index.ts';
import { startSystem } from '../../scripts/system/index.ts';

/** What is known of a platform, wherever it runs. */
export type Place = Pick<System, 'gatewayUrl' | 'mailUrl' | 'sandboxUrl' | 'mongodbUri' | 'secrets'>;

/** A platform that answers. */
export interface Platform<Of extends Place = System> {
  system: Of;
  api: Api;
  superAdmin: SignedIn;
  stop(): Promise<void>;
}

/** Cheap passwords and no patience with limits: what a test does not test must not slow it. */
export const TEST_ENV = {
  '*': { LOG_LEVEL: 'warn' },
  auth: { NODE_ENV: 'development', BCRYPT_COST: '4' },
  gateway: { LIMIT_PER_IP: '1000000', LIMIT_PER_USER: '1000000', LIMIT_SIGN_IN_PER_IP: '100000' },
};

export async function startPlatform(
  env: Record<string, Record<string, string>> = {},
  { sidecarMetrics = false }: Pick<SystemOptions, 'sidecarMetrics'> = {},
): Promise<Platform<System>> {
  const dir = mkdtempSync(join(tmpdir(), 'souk-e2e-'));
  const merged = Object.fromEntries(
    [...new Set([...Object.keys(TEST_ENV), ...Object.keys(env)])].map((name) => [
      name,
      { ...(TEST_ENV as Record<string, Record<string, string>>)[name], ...env[name] },
    ]),
  );
  const system = await startSystem({ dir, ports: 'free', env: merged, sidecarMetrics });
  const platform = await reachPlatform(system);
  return {
    ...platform,
    stop: async () => {
      await platform.stop();
      await system.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** A platform that runs already, wherever that is; it goes on when this one stops. */
export async function reachPlatform<Of extends Place>(system: Of): Promise<Platform<Of>> {
  const api = new Api(system.gatewayUrl);
  await untilHealthy(api);
  const { 'super-admin-email': email = '', 'super-admin-password': password = '' } = system.secrets;
  const superAdmin = await signIn(api, { email, password });
  return { system, api, superAdmin, stop: () => api.close() };
}

async function untilHealthy(api: Api): Promise<void> {
  for (let tries = 0; tries < 240; tries += 1) {
    const answer = await api.request('GET', '/health/all').catch(() => undefined);
    if (answer?.status === 200) return;
    await sleep(250);
  }
  throw new Error('the platform did not become healthy within a minute');
}

/** Repeats a read until `holds`; throws what it saw last after `withinMs`. */
export async function until<Value>(
  read: () => Promise<Value>,
  holds: (value: Value) => boolean,
  withinMs = 20_000,
): Promise<Value> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const value = await read();
    if (holds(value)) return value;
    if (Date.now() > deadline) throw new Error(`still not so after ${withinMs} ms: ${JSON.stringify(value).slice(0, 1_500)}`);
    await sleep(50);
  }
}

export interface LiveMessage {
  /** Of the fact that it tells of. */
  id: string;
  room: string;
  offset: number;
  event: string;
  data: { orderId?: string; status?: string; sequence?: number };
}

/** A client's socket and everything it was told. */
export async function openSocket(url: string, token: string): Promise<{ socket: Socket; told: LiveMessage[] }> {
  const socket = io(url, { auth: { token }, transports: ['websocket'] });
  const told: LiveMessage[] = [];
  socket.onAny((event: string, message: LiveMessage) => {
    if (event !== 'ready') told.push(message);
  });
  await new Promise((resolve, reject) => {
    socket.once('ready', resolve);
    socket.once('connect_error', reject);
  });
  return { socket, told };
}
