import type { Endpoint } from '@souk/service-kit';
import { anybody, endpoint, openApiOf, roles, rolesAndGuests, services } from '@souk/service-kit';
import type { InvokedAnswer, InvokedRequest, TestService } from '@souk/testing';
import { eventually, startTestService, testJwks } from '@souk/testing';
import { z } from 'zod';
import { service } from '../src/service.ts';

const run = async () => undefined;
const params = z.object({ id: z.string() });
const provider = z.object({ provider: z.string() });
const customers = roles({ customer: 'own' });

const endpoints: Record<'sales' | 'auth' | 'ecommerce', Endpoint[]> = {
  sales: [
    endpoint({ method: 'GET', path: '/orders', summary: 'Lists.', access: customers, run }),
    endpoint({ method: 'POST', path: '/orders', summary: 'Makes.', access: customers, run }),
    endpoint({ method: 'GET', path: '/orders/:id', summary: 'Reads.', access: customers, params, run }),
    endpoint({ method: 'POST', path: '/orders/holds', summary: 'Holds.', access: services('debt'), run }),
    endpoint({ method: 'GET', path: '/internal/orders', summary: 'Tells.', access: services(), run }),
    // Not its own: the prefix is the catalogue's.
    endpoint({ method: 'GET', path: '/brands/stolen', summary: 'Takes.', access: anybody, run }),
  ],
  auth: [
    endpoint({ method: 'POST', path: '/auth/login', summary: 'Logs in.', access: anybody, run }),
    endpoint({ method: 'POST', path: '/auth/login/second-factor', summary: 'Goes on.', access: anybody, run }),
    endpoint({ method: 'POST', path: '/auth/oidc/:provider/start', summary: 'Begins.', access: anybody, params: provider, run }),
    endpoint({ method: 'POST', path: '/auth/oidc/:provider/callback', summary: 'Ends.', access: anybody, params: provider, run }),
    endpoint({ method: 'GET', path: '/auth/revocations', summary: 'Tells.', access: services('gateway'), run }),
  ],
  ecommerce: [
    endpoint({ method: 'GET', path: '/products', summary: 'Lists.', access: anybody, run }),
    endpoint({
      method: 'GET',
      path: '/products/:id',
      summary: 'Reads.',
      access: rolesAndGuests({ customer: 'public' }),
      params,
      run,
    }),
    endpoint({ method: 'GET', path: '/products/export', summary: 'Exports.', access: customers, run }),
    endpoint({ method: 'GET', path: '/categories', summary: 'Lists.', access: anybody, run }),
    endpoint({ method: 'GET', path: '/brands', summary: 'Lists.', access: anybody, run }),
    endpoint({ method: 'GET', path: '/cart', summary: 'Reads.', access: rolesAndGuests({ customer: 'own' }), run }),
  ],
};

const json = (body: unknown, status = 200): InvokedAnswer => ({
  status,
  headers: { 'content-type': status < 400 ? 'application/json' : 'application/problem+json' },
  body: JSON.stringify(body),
});

/** A gateway beside a sidecar that knows three services, which say back what they were asked. */
export interface StubbedGateway {
  gateway: TestService;
  /** What services were asked by clients, without the gateway's own questions. */
  asked: InvokedRequest[];
  /** Replaces the answer of all services to clients. */
  answerWith(handler: (request: InvokedRequest) => InvokedAnswer | Promise<InvokedAnswer>): void;
}

export const echo = ({ method, path, headers, body }: InvokedRequest): InvokedAnswer =>
  json({ method, path, headers, body: body.toString() });

/** Who is said to ask while a gateway starts, where a proxy is trusted: another each time, so that no budget is used up. */
let askers = 0;

export async function startStubbedGateway(env: Record<string, string> = {}): Promise<StubbedGateway> {
  const gateway = await startTestService(service, { env: { UPSTREAM_TIMEOUT_MS: '500', LOG_LEVEL: 'fatal', ...env } });
  const asked: InvokedRequest[] = [];
  let answer: Parameters<StubbedGateway['answerWith']>[0] = echo;
  for (const name of ['sales', 'auth', 'ecommerce'] as const) {
    const document = openApiOf({ name, purpose: `Is ${name}.`, endpoints: endpoints[name] });
    gateway.sidecar.onInvoke(name, (request) => {
      if (request.path === '/openapi.json') return json(document);
      if (request.path === '/ready')
        return json({ status: 'ready', service: name, checks: { database: 'up', sidecar: 'up', broker: 'up' } });
      if (request.path === '/.well-known/jwks.json') return json({ keys: testJwks().map(({ kid, jwk }) => ({ ...jwk, kid })) });
      if (request.path.startsWith('/auth/revocations')) return json({ revocations: [], cursor: '0' });
      asked.push(request);
      return answer(request);
    });
  }
  await eventually(async () => {
    for (const [path, status] of [
      ['/api/products', 200],
      ['/api/orders', 401],
      ['/api/auth/login', 405],
    ] as const) {
      askers += 1;
      const headers = { 'x-forwarded-for': `203.0.${askers >> 8}.${askers & 255}` };
      expect((await gateway.request('GET', path, { headers })).status).toBe(status);
    }
  });
  asked.length = 0;
  return {
    gateway,
    asked,
    answerWith: (handler) => {
      answer = handler;
    },
  };
}
