import { SERVICES } from '@souk/contracts';
import type { Endpoint } from '@souk/service-kit';
import type { SignedIn } from '../../scripts/demo/people.ts';
import { hire, signIn } from '../../scripts/demo/people.ts';
import type { Tenant } from '../../scripts/demo/tenant.ts';
import { openTenant } from '../../scripts/demo/tenant.ts';
import { loadServices } from '../../scripts/docs/services.ts';
import { openDatabases } from './facts.ts';
import type { Platform } from './platform.ts';
import { until } from './platform.ts';

export const PASSWORD = 'Rights-Bazaar-2026';

/** A company on a platform whose rights are given and taken. */
export interface Rights {
  platform: Platform;
  tenant: Tenant;
  /** An operation of each service that asks for a token: one that writes, where there is one. */
  guarded: [string, Endpoint][];
}

export async function openRights(platform: Platform): Promise<Rights> {
  const { api, system, superAdmin } = platform;
  const plan = { slug: 'rights', name: 'Rights', shops: ['Albany', 'Boston'], warehouses: ['Troy'], password: PASSWORD };
  const place = { currency: 'USD', timezone: 'America/New_York', country: 'US', taxRate: 0, shipping: 0 };
  const tenant = await openTenant(api, { mailUrl: system.mailUrl, superToken: superAdmin.token }, { ...plan, ...place });
  const guarded = (await loadServices()).flatMap(({ name, endpoints }): [string, Endpoint][] => {
    const asked = endpoints.filter(({ access, path }) => access.kind === 'roles' && !access.guests && path !== '/auth/logout');
    const found = asked.find(({ method }) => method !== 'GET') ?? asked[0];
    return found && name !== 'gateway' ? [[name, found]] : [];
  });
  return { platform, tenant, guarded };
}

/** Asks a service past the gateway, through the gateway's own sidecar: so the service itself has to know. */
async function askBehind(platform: Platform, [service, { method, path }]: [string, Endpoint], token: string): Promise<number> {
  const { ports, secrets } = platform.system;
  const sidecar = `http://127.0.0.1:${ports.services.gateway?.http}/v1.0/invoke/${service}/method`;
  const headers = {
    ...{ 'dapr-api-token': secrets['dapr-api-token'] ?? '', authorization: `Bearer ${token}` },
    ...{ 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID() },
  };
  const body = method === 'GET' ? {} : { body: '{}' };
  return (await fetch(sidecar + path.replace(/:\w+/g, crypto.randomUUID()), { method, headers, ...body })).status;
}

/** Sees that every service knows a token now: without it a refusal later would show nothing. Throws for one that does not. */
export async function expectKnown({ platform, guarded }: Rights, token: string): Promise<void> {
  for (const asked of guarded) {
    const status = await askBehind(platform, asked, token);
    if (status === 401) throw new Error(`${asked[0]} refuses a token that is good`);
  }
}

/** Waits until every service refuses a token, and gives how long each took, in ms. Throws when one did not within `withinMs`. */
export function untilRefused({ platform, guarded }: Rights, token: string, withinMs: number): Promise<number[]> {
  const startedMs = Date.now();
  return Promise.all(
    guarded.map(async (asked) => {
      await until(
        () => askBehind(platform, asked, token),
        (status) => status === 401,
        withinMs,
      );
      return Date.now() - startedMs;
    }),
  );
}

/** A clerk of the first shop, with a token that says so. */
export async function hireClerk({ platform: { api, system }, tenant: { admin, companyId, shopIds } }: Rights): Promise<SignedIn> {
  const email = `${crypto.randomUUID()}@rights.example.com`;
  const person = { name: 'A Clerk', email, password: PASSWORD, role: 'shop_staff', companyId, by: admin.token };
  const { userId } = await hire(api, system.mailUrl, person);
  await api.insist('POST', `/shops/${shopIds[0]}/staff`, { token: admin.token, body: { userId } });
  return until(
    () => signIn(api, person),
    ({ token }) => readToken(token).claims.shopIds.length === 1,
  );
}

const readPart = (token: string, index: number) => JSON.parse(Buffer.from(token.split('.')[index] ?? '', 'base64url').toString());

/** What stands in a token, unverified. */
export const readToken = (token: string): { header: { kid: string }; claims: { shopIds: string[] } } => ({
  header: readPart(token, 0),
  claims: readPart(token, 1),
});

/** The collections of all services in which one of these words stands: `salesdb.orders`. */
export async function findTraces(platform: Platform, words: readonly string[]): Promise<string[]> {
  const databases = await openDatabases(platform);
  try {
    const found: string[] = [];
    for (const service of SERVICES) {
      const database = databases.of(service);
      for (const { name } of await database.listCollections({}, { nameOnly: true }).toArray())
        for await (const document of database.collection(name).find())
          if (words.some((word) => JSON.stringify(document).includes(word))) found.push(`${service}db.${name}`);
    }
    return [...new Set(found)];
  } finally {
    await databases.close();
  }
}
