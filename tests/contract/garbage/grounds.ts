import type { Server } from 'node:http';
import type { ServiceName } from '@souk/contracts';
import type { ServiceDefinition } from '@souk/service-kit';
import { anybody, endpoint, openApiOf, roles } from '@souk/service-kit';
import type { TestService } from '@souk/testing';
import { customer, startTestService, testJwks, tokenFor } from '@souk/testing';
import { request } from 'undici';
import { z } from 'zod';
import { settings } from '../settings.ts';
import type { Target } from './messages.ts';

/** A service that garbage is thrown at. */
export interface Ground {
  name: ServiceName;
  app: TestService;
  target: Target;
  /** What a service behind this one was asked, by its path. */
  passedOn: string[];
  /** The status of its answer to a good request. */
  answerGood(): Promise<number>;
}

const run = async () => undefined;
const ENDPOINTS = {
  sales: [
    endpoint({
      method: 'GET',
      path: '/orders',
      summary: 'Lists.',
      access: roles({ customer: 'own' }),
      query: z.looseObject({}),
      run,
    }),
    endpoint({ method: 'POST', path: '/orders', summary: 'Makes.', access: roles({ customer: 'own' }), run }),
  ],
  auth: [endpoint({ method: 'POST', path: '/auth/login', summary: 'Logs in.', access: anybody, run })],
};

/**
 * Starts a service whose patience is two seconds instead of a minute, so that a test sees it end. The limits are those of the server that
 * the kit makes: without them the test does not start.
 */
async function startImpatient(service: ServiceDefinition): Promise<TestService> {
  const attach: ServiceDefinition['attach'] = (server: Server, runtime) => {
    const { requestTimeout, headersTimeout, keepAliveTimeout } = server;
    for (const timeoutMs of [requestTimeout, headersTimeout, keepAliveTimeout])
      if (!(timeoutMs > 0 && timeoutMs <= 65_000)) throw new Error('the server waits for ever');
    Object.assign(server, { requestTimeout: 1_500, headersTimeout: 1_000, keepAliveTimeout: 50, keepAliveTimeoutBuffer: 0 });
    // How often a server looks at them, which it takes when it begins to listen.
    Object.assign(server, { connectionsCheckingInterval: 100 });
    return service.attach?.(server, runtime) ?? { close: async () => undefined };
  };
  return startTestService({ ...service, attach, jobs: [] }, settings[service.name]);
}

const tokenLine = (token: string) => `Authorization: Bearer ${token}`;

/** What the gateway itself asks of services, time and again. */
const answersOf = (document: string): Record<string, string> => ({
  '/openapi.json': document,
  '/auth/revocations': JSON.stringify({ revocations: [], cursor: '0' }),
  '/.well-known/jwks.json': JSON.stringify({ keys: testJwks().map(({ kid, jwk }) => ({ ...jwk, kid })) }),
});

async function gatewayGround(service: ServiceDefinition): Promise<Ground> {
  const app = await startImpatient(service);
  const passedOn: string[] = [];
  for (const name of ['sales', 'auth'] as const) {
    const document = JSON.stringify(openApiOf({ name, purpose: `Is ${name}.`, endpoints: ENDPOINTS[name] }));
    app.sidecar.onInvoke(name, ({ path }) => {
      const known = answersOf(document)[path.split('?')[0] ?? ''];
      if (path !== '/openapi.json') passedOn.push(path);
      return { status: 200, headers: { 'content-type': 'application/json' }, body: known ?? '{}' };
    });
  }
  const headers = [tokenLine(tokenFor(customer()))];
  const target = { readPath: '/api/orders', writePath: '/api/orders', prefix: '/api', headers };
  return { name: 'gateway', app, target, passedOn, answerGood: () => askGood(app, target) };
}

async function authGround(service: ServiceDefinition): Promise<Ground> {
  const app = await startImpatient(service);
  const headers = [`Dapr-Api-Token: ${app.running.runtime.environment.APP_API_TOKEN}`, tokenLine(tokenFor(customer()))];
  const target = { readPath: '/auth/sessions', writePath: '/auth/login', prefix: '', headers };
  return { name: 'auth', app, target, passedOn: [], answerGood: () => askGood(app, target) };
}

async function askGood({ url }: TestService, { readPath, headers }: Target): Promise<number> {
  // On a connection of its own: one that is kept may be closed by the impatient server as it is taken again.
  const sent = ['Connection: close', ...headers].map((line) => line.split(': ', 2) as [string, string]);
  const { statusCode, body } = await request(url + readPath, {
    headers: Object.fromEntries(sent),
    signal: AbortSignal.timeout(10_000),
  });
  await body.dump();
  return statusCode;
}

/** The gateway and one service behind it. */
export async function openGrounds(services: readonly ServiceDefinition[]): Promise<Ground[]> {
  const named = (name: ServiceName) => {
    const found = services.find((one) => one.name === name);
    if (!found) throw new Error(`there is no service ${name}`);
    return found;
  };
  return Promise.all([gatewayGround(named('gateway')), authGround(named('auth'))]);
}
