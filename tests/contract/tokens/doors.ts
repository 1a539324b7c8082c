import { Agent, request } from 'node:http';
import { exchangeApiKey } from '@souk/contracts';
import type { Endpoint, ServiceDefinition } from '@souk/service-kit';
import { endpoint, openApiOf, roles, unauthenticated } from '@souk/service-kit';
import type { Person, TestService } from '@souk/testing';
import { companyAdmin, customer, eventually, shopManager, shopStaff, superAdmin, tokenFor } from '@souk/testing';
import { io } from 'socket.io-client';
import type { Mutant } from './forge.ts';

const PEOPLE = {
  super_admin: superAdmin,
  company_admin: () => companyAdmin(crypto.randomUUID()),
  shop_manager: () => shopManager(crypto.randomUUID(), [crypto.randomUUID()]),
  shop_staff: () => shopStaff(crypto.randomUUID(), [crypto.randomUUID()]),
  customer: () => customer(),
};

/** How a service is asked with a token, and for whom its door is open. */
export interface Door {
  person: Person;
  /** What it answers: 401 to a socket that was refused, 200 to one that was let in; undefined where it cannot be asked in that way. */
  ask(mutant: Mutant): Promise<number | undefined>;
  close(): void;
}

/** The door of a service: an endpoint of its own that is for some roles only, for the gateway one of another's, or the socket. */
export async function doorOf(service: ServiceDefinition, app: TestService): Promise<Door> {
  if (service.name === 'gateway') return passage(app);
  const guarded = service.endpoints.find(({ access }) => access.kind === 'roles' && !access.guests);
  if (!guarded) return socketDoor(app);
  return httpDoor(app, { method: guarded.method, path: pathOf(guarded), person: personFor(guarded) });
}

const pathOf = ({ path }: Endpoint): string => path.replace(/:\w+/g, () => crypto.randomUUID());

function personFor({ access }: Endpoint): Person {
  const role = access.kind === 'roles' ? Object.keys(access.reach)[0] : undefined;
  if (role === undefined || !(role in PEOPLE)) throw new Error('nobody may use this endpoint');
  return PEOPLE[role as keyof typeof PEOPLE]();
}

/** A gateway beside a sales that answers everybody: what is refused, it refuses itself. */
async function passage(app: TestService): Promise<Door> {
  const endpoints = [
    endpoint({
      method: 'GET',
      path: '/orders',
      summary: 'Lists.',
      access: roles({ customer: 'own' }),
      run: async () => undefined,
    }),
  ];
  const document = JSON.stringify(openApiOf({ name: 'sales', purpose: 'Is sales.', endpoints }));
  app.sidecar.onInvoke('sales', ({ path }) => ({
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: path === '/openapi.json' ? document : '{}',
  }));
  app.sidecar.answer(exchangeApiKey, () => {
    throw unauthenticated();
  });
  const door = httpDoor(app, { method: 'GET', path: '/api/orders', person: customer() });
  const token = tokenFor(door.person);
  await eventually(async () => expect(await door.ask({ name: 'good', token })).toBe(200));
  return door;
}

interface Asking {
  method: string;
  path: string;
  person: Person;
}

function httpDoor({ running: { port, runtime } }: TestService, { method, path, person }: Asking): Door {
  const agent = new Agent({ keepAlive: true, maxSockets: 16 });
  const own = ['host', `127.0.0.1:${port}`, 'dapr-api-token', runtime.environment.APP_API_TOKEN];
  // A header's bytes are those of its UTF-8; Node takes them as the letters of Latin-1.
  const bytes = (text: string) => Buffer.from(text).toString('latin1');
  const ask = ({ token, authorization = [`Bearer ${token}`] }: Mutant) =>
    new Promise<number>((resolve, reject) => {
      const headers = [...own, ...authorization.flatMap((value) => ['authorization', bytes(value)])];
      const asking = request({ agent, port, method, path, headers }, (answer) => {
        answer.resume().once('end', () => resolve(answer.statusCode ?? 0));
      });
      asking.once('error', reject).end();
    });
  return { person, ask, close: () => agent.destroy() };
}

function socketDoor(app: TestService): Door {
  const ask = async ({ token, authorization }: Mutant) => {
    if (authorization) return undefined;
    const socket = io(app.url, { auth: { token }, transports: ['websocket'], reconnection: false, forceNew: true });
    const status = await new Promise<number>((resolve, reject) => {
      socket.once('ready', () => resolve(200));
      socket.once('connect_error', (error) => (error.message === 'unauthenticated' ? resolve(401) : reject(error)));
    });
    socket.close();
    return status;
  };
  return { person: customer(), ask, close: () => undefined };
}
