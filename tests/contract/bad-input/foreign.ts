import { randomUUID } from 'node:crypto';
import type { Role } from '@souk/contracts';
import { findUserByEmail, PERSONAL_DATA_HOLDERS, personalDataOf } from '@souk/contracts';
import type { Access, Endpoint, openApiOf, ServiceDefinition } from '@souk/service-kit';
import type { Person, TestAnswer, TestService } from '@souk/testing';
import { companyAdmin, customer, shopManager, shopStaff, superAdmin, tokenFor } from '@souk/testing';
import { calls } from '../../../scripts/docs/services.ts';
import { SINGLE } from '../explain/allowances.ts';
import { connectionOf } from '../explain/recording.ts';
import { restore, SEEDING } from '../explain/seeds.ts';
import type { Case } from './cases.ts';
import { isList, soundRequest } from './cases.ts';
import type { Headers } from './people.ts';
import { as, permitted } from './people.ts';
import { SAMPLE_ID, sampleOf } from './sample.ts';

type DescribedEndpoint = Parameters<typeof openApiOf>[0]['endpoints'][number];

/** A request about a document that exists and is another's, and the same request by somebody whose it is. */
export interface Foreign {
  stranger: Case;
  owner: Case;
  isList: boolean;
  endpoint: DescribedEndpoint;
}

const itself = (person: Person): Person => ({ ...person, userId: SAMPLE_ID });

/** To them belongs what `seedAll` writes; the people of the other cases belong to another company. */
const owners: Record<Role, Person> = {
  super_admin: itself(superAdmin()),
  company_admin: itself(companyAdmin(SAMPLE_ID)),
  shop_manager: itself(shopManager(SAMPLE_ID, [SAMPLE_ID])),
  shop_staff: itself(shopStaff(SAMPLE_ID, [SAMPLE_ID])),
  customer: itself(customer()),
};

/** Endpoints with an id of nobody's, or of what no store holds, and why nothing of another's can be met there. */
export const OPEN: Readonly<Record<string, string>> = {
  'PUT /debts/limits/:debtorId': "sets what anybody may owe the caller's own company",
  'GET /products/category/:id': 'searches the catalogue, which everybody sees',
  'PUT /cart/items/:id': "reads the one cart that lies in the state store under the caller's own id",
  'DELETE /cart/items/:id': "reads the one cart that lies in the state store under the caller's own id",
};

/**
 * What a seed would leave to its number: a company that trades, a product that only its own people see, a customer that is not deleted,
 * and what the lists with a state or a name of their own ask for.
 */
const FIXED: Readonly<Record<string, object>> = {
  'ecommerce.companies': { standing: 'active' },
  'ecommerce.products': { status: 'draft' },
  'inventory.stock': { sku: 'tea' },
  'inventory.holds': { state: 'reserved' },
  'audit.entries': { resourceType: 'tea', resourceId: 'tea' },
  'debt.debts': { status: 'overdue' },
  // Old ones are removed while the test runs.
  'auth.revocations': { at: new Date() },
  'company.payment_accounts': { gateway: 'stripe' },
  'sales.customers': { isActive: true, personKey: `${SAMPLE_ID}:${SAMPLE_ID}` },
};

/** Every role that an endpoint with an id in its path binds to a company, to shops or to what is its own. */
export function foreignCasesOf(endpoint: Endpoint): Foreign[] {
  const { access, method, path } = endpoint;
  if (access.kind !== 'roles' || `${method} ${path}` in OPEN) return [];
  const sound = soundRequest(endpoint);
  if (!sound.path.includes(SAMPLE_ID)) return [];
  const by = (name: string, headers: Headers): Case => ({ ...sound, name, headers: { ...keyOf(sound), ...headers } });
  return Object.entries(access.reach)
    .filter(([, reach]) => reach === 'company' || reach === 'shops' || reach === 'own')
    .map(([role]) => ({
      stranger: {
        ...by(`what belongs to another, for ${role}`, as(role)),
        expected: isList(endpoint) ? undefined : { status: 404 },
      },
      owner: by(`what is its own, for ${role}`, bearer(role as Role)),
      isList: isList(endpoint),
      endpoint,
    }));
}

const bearer = (role: Role): Headers => ({ authorization: `Bearer ${tokenFor(owners[role])}` });

/** Whom an access lets in, as the people to whom belongs what `seedAll` writes. */
export const callersOf = (access: Access): [string, Headers][] =>
  access.kind === 'roles' ? Object.keys(access.reach).map((role) => [role, bearer(role as Role)]) : permitted(access);

const keyOf = ({ headers }: Case): Headers =>
  headers['idempotency-key'] === undefined ? {} : { 'idempotency-key': randomUUID() };

/** A list by something of another's is empty, or answered as if that were not there. */
export function faultOfList({ method, path, name }: Case, { status, body }: TestAnswer): string[] {
  const isKept = status === 404 || (status === 200 && body.data.length === 0);
  return isKept ? [] : [`${method} ${path} with ${name}: answered ${status} ${JSON.stringify(body)}`];
}

/** Refusals because something that is not ours does not answer here: what was asked for had been found before. */
const OUTSIDE = new Set<string | undefined>(['company.gateway_unanswered']);

/** An answer that went well has a status that the reference names. */
export function faultOfStatus(endpoint: DescribedEndpoint, { status }: TestAnswer): string[] {
  const { method, path, status: declared, otherStatuses = [] } = endpoint;
  const isNamed = status >= 300 || status === declared || otherStatuses.includes(status);
  return isNamed ? [] : [`${method} ${path} answered ${status}, which the reference does not name`];
}

/** Whoever owns it finds it, whatever else is wrong with the request: otherwise strangers are refused for want of it only. */
export function faultOfOwner({ owner, isList: lists }: Foreign, { status, body }: TestAnswer): string[] {
  const isAnswered = status < 500 || OUTSIDE.has(body?.code);
  const isFound = status !== 404 && isAnswered && (!lists || body.data.length > 0);
  return isFound ? [] : [`${owner.method} ${owner.path} with ${owner.name}: answered ${status} ${body?.code ?? 'with nothing'}`];
}

/** Other services answer with samples, so that what is not found is not found here. */
export function answerCalls(app: TestService, service: ServiceDefinition): void {
  for (const call of calls.values())
    if (call.service !== service.name && call.service !== 'auth') app.sidecar.answer(call, () => sampleOf(call.output));
  if (service.name !== findUserByEmail.service) app.sidecar.answer(findUserByEmail, () => ({ userId: SAMPLE_ID }));
  for (const holder of PERSONAL_DATA_HOLDERS)
    if (holder !== service.name) app.sidecar.answer(personalDataOf(holder), () => ({ items: [] }));
}

let round = 0;

/** Writes one document into each of a service's own stores, all of one company and one person, and each naming the others. */
export async function seedAll(app: TestService, stores: readonly string[]): Promise<void> {
  const { name: service } = app.running.runtime.service;
  const connection = connectionOf(app);
  const db = connection.getClient().db(connection.name);
  round += 1;
  for (const store of stores.filter((each) => !SINGLE.has(`${service}.${each}`))) {
    await restore(connection, store, { round, now: Date.now() });
    const collection = db.collection<{ _id: string }>(store);
    const document = await collection.findOne({ _id: SAMPLE_ID }, SEEDING);
    const ids = Object.entries(document ?? {}).filter(([name, value]) => name.endsWith('Id') && typeof value === 'string');
    const linked = { _id: SAMPLE_ID, ...Object.fromEntries(ids.map(([name]) => [name, SAMPLE_ID])) };
    await collection.updateOne({ _id: SAMPLE_ID }, { $set: { ...linked, ...FIXED[`${service}.${store}`] } }, SEEDING);
  }
}
