import type { Endpoint } from '@souk/service-kit';
import { preconditionFailed } from '@souk/service-kit';
import type { TestAnswer } from '@souk/testing';
import type { Case } from './cases.ts';
import { soundRequest } from './cases.ts';
import { callersOf } from './foreign.ts';

/** A version that nothing here has come to. */
const STALE = '"v999999"';

/** Whether the reference says that an operation heeds If-Match. */
export const heedsVersions = ({ errors }: Endpoint): boolean => errors.some(({ code }) => code === preconditionFailed.code);

/** Each write by those who may do it, on condition of a version that does not stand. */
export function staleCasesOf(endpoint: Endpoint): Case[] {
  if (endpoint.method === 'GET' || endpoint.access.kind === 'services') return [];
  const sound = soundRequest(endpoint);
  return callersOf(endpoint.access).map(([who, headers]) => ({
    ...sound,
    name: `a stale version, by ${who}`,
    headers: { ...sound.headers, ...headers, 'if-match': STALE },
  }));
}

/** Refused as stale exactly where the reference says so. */
export function faultOfStale(one: Case, endpoint: Endpoint, { status, body }: TestAnswer): string[] {
  const isRefused = status === preconditionFailed.status;
  const wanted = heedsVersions(endpoint) ? 'instead of 412' : 'though the reference says nothing of it';
  const said = `${endpoint.method} ${endpoint.path} with ${one.name}: answered ${status} ${body?.code ?? ''} ${wanted}`;
  return isRefused === heedsVersions(endpoint) ? [] : [said];
}
