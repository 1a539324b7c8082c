import { randomUUID } from 'node:crypto';
import type { Endpoint } from '@souk/service-kit';
import type { TestAnswer, TestRequest } from '@souk/testing';
import { tokenFor } from '@souk/testing';
import type { Case } from '../bad-input/cases.ts';
import { isList, soundRequest } from '../bad-input/cases.ts';
import { OPEN } from '../bad-input/foreign.ts';
import { SAMPLE_ID } from '../bad-input/sample.ts';
import type { Caller, Relation, Verdict } from './callers.ts';
import { CALLERS, callerIn, RELATIONS, roleOf, verdictOf } from './callers.ts';

/** One request of one caller about what stands in one relation to them, and what must become of it. */
export interface Cell {
  endpoint: Endpoint;
  caller: Caller;
  relation: Relation;
  /** What the caller puts in to seem to be somebody else. */
  forged: string;
  method: string;
  path: string;
  request: TestRequest;
  verdict: Verdict;
}

/** Names by which other platforms tell a service who asks. Ours believe none of them. */
const FORGED_HEADERS = {
  ...{ 'x-company-id': SAMPLE_ID, 'x-user-id': SAMPLE_ID, 'x-shop-id': SAMPLE_ID, 'x-role': 'super_admin' },
  ...{ 'x-tenant-id': SAMPLE_ID, 'x-forwarded-user': SAMPLE_ID, 'x-souk-user-id': SAMPLE_ID },
};
const OWNERS = ['companyId', 'shopId', 'customerId', 'userId', 'debtorId', 'creditorId', 'actorId', 'ownerId'];

/** Operations whose path names something: a tenant's document, as a rule. */
const namesSomething = (endpoint: Endpoint, sound: Case): boolean =>
  sound.path.includes(SAMPLE_ID) && !(`${endpoint.method} ${endpoint.path}` in OPEN);

/** All cells of an operation: every caller in every relation, and, where a stranger is let in at all, with forged ids. */
export function cellsOf(endpoint: Endpoint): Cell[] {
  const sound = soundRequest(endpoint);
  const plain = CALLERS.flatMap((caller) => RELATIONS.map((relation) => cell(endpoint, { caller, relation, sound, forged: '' })));
  const strangers = plain.filter(({ verdict, relation }) => verdict !== 401 && verdict !== 403 && relation !== 'own');
  return [...plain, ...strangers.flatMap((one) => forgedCells(one, sound))];
}

function cell(
  endpoint: Endpoint,
  { caller, relation, sound, forged }: { caller: Caller; relation: Relation; sound: Case; forged: string },
): Cell {
  const verdict = verdictOf(caller, relation, endpoint);
  const isAbout = namesSomething(endpoint, sound) || isList(endpoint);
  const person = callerIn(caller, relation, endpoint);
  const headers: Record<string, string> = {
    ...(person && { authorization: `Bearer ${tokenFor(person)}` }),
    ...(sound.headers['idempotency-key'] !== undefined && { 'idempotency-key': randomUUID() }),
  };
  return {
    ...{ endpoint, caller, relation, forged, method: sound.method, path: sound.path },
    request: { headers, ...(sound.body !== undefined && { body: sound.body }) },
    // What an operation makes anew, or finds by the caller alone, is theirs whoever they are.
    verdict: verdict === 'hidden' && !isAbout ? 'in' : verdict,
  };
}

function forgedCells(one: Cell, sound: Case): Cell[] {
  const { endpoint, request, path } = one;
  const query = endpoint.schemas.query;
  const asked = query && 'shape' in query ? OWNERS.filter((name) => name in (query.shape as object)) : [];
  return [
    { ...one, forged: 'headers', request: { ...request, headers: { ...request.headers, ...FORGED_HEADERS } } },
    ...asked.map((name) => ({ ...one, forged: `query ${name}`, path: `${path}?${name}=${SAMPLE_ID}` })),
  ].map((each) => ({
    ...each,
    request: {
      ...each.request,
      headers: {
        ...each.request.headers,
        ...(sound.headers['idempotency-key'] !== undefined && { 'idempotency-key': randomUUID() }),
      },
    },
  }));
}

export const nameOf = ({ endpoint, caller, relation, forged }: Cell): string =>
  `${endpoint.method} ${endpoint.path} by ${caller} about ${relation}${forged && ` with forged ${forged}`}`;

/** What is wrong with the answer in a cell; undefined when nothing is. */
export function faultOf(one: Cell, answer: TestAnswer): string | undefined {
  const what = wrongIn(one, answer);
  return what && `${nameOf(one)}: ${what}: ${answer.status} ${answer.body?.code ?? ''}`;
}

function wrongIn(one: Cell, answer: TestAnswer): string | undefined {
  const { verdict, endpoint } = one;
  const { status, body } = answer;
  if (status >= 500 && body?.code !== 'company.gateway_unanswered') return 'a fault of ours';
  if (typeof verdict === 'number') return status === verdict ? undefined : `not ${verdict}`;
  if (verdict === 'in') return wrongInside(one, answer);
  if (isList(endpoint)) return leaks(one, answer) ? 'lists what is not theirs' : undefined;
  return status === 404 ? undefined : 'found by a stranger';
}

function wrongInside(one: Cell, answer: TestAnswer): string | undefined {
  const isKeptOut = (answer.status === 401 || answer.status === 403) && !isOwnRefusal(one, answer);
  if (isKeptOut) return 'kept out';
  if (isOwnList(one) && !tells(answer)) return 'does not list what is theirs';
  const maySee = one.relation === 'own' || isPublic(one) || seesAll(one);
  return maySee || !leaks(one, answer) ? undefined : 'shows what is not theirs';
}

/** Answered from an index, which does not hear of what is written past the service: they are asked in matrix-beyond.test.ts. */
const SEARCHES = new Set(['/products', '/products/search', '/products/category/:id']);

const isOwnList = (one: Cell): boolean =>
  one.method === 'GET' && one.relation === 'own' && isList(one.endpoint) && !isPublic(one) && !SEARCHES.has(one.endpoint.path);

const tells = ({ body }: TestAnswer): boolean => JSON.stringify(body ?? '').includes(SAMPLE_ID);

/** What asks for the caller's own account, which the people of other companies do not have here. */
const OF_ACCOUNTS = new Set(['/auth/logout', '/auth/logout-all']);

/** Refusals of the feature itself, not of the access: they name it. */
const isOwnRefusal = ({ endpoint }: Cell, { body, status }: TestAnswer): boolean =>
  String(body?.code ?? '').includes('.') || (status === 401 && OF_ACCOUNTS.has(endpoint.path));

const isPublic = ({ endpoint: { access }, caller }: Cell): boolean => {
  if (access.kind !== 'roles') return true;
  const role = roleOf(caller);
  return role === undefined || access.reach[role] === 'public';
};

function seesAll({ endpoint: { access }, caller, relation }: Cell): boolean {
  const role = roleOf(caller);
  const reach = access.kind === 'roles' && role !== undefined ? access.reach[role] : undefined;
  return reach === 'all' || (reach === 'company' && relation === 'other shop');
}

/**
 * Whether an answer tells anything by the id that all of the owner's documents carry: but for what the caller sent, and for the company
 * that is the caller's own as well.
 */
function leaks({ endpoint, path, relation, request }: Cell, { status, body }: TestAnswer): boolean {
  const sent = JSON.stringify(request.body ?? '') + (`${endpoint.method} ${endpoint.path}` in OPEN ? path : '');
  if (status >= 400 || sent.includes(SAMPLE_ID)) return false;
  const told = JSON.stringify(body ?? '');
  const foreign = relation === 'other shop' ? told.replaceAll(`"companyId":"${SAMPLE_ID}"`, '') : told;
  return foreign.includes(SAMPLE_ID);
}
