import type { ServiceName } from '@souk/contracts';
import type { ServiceDefinition } from '@souk/service-kit';
import { backgroundContext } from '@souk/service-kit';
import type { TestService } from '@souk/testing';
import { startTestService } from '@souk/testing';
import { answerCalls } from '../bad-input/foreign.ts';
import { settings } from '../settings.ts';
import { SINGLE } from './allowances.ts';
import type { Recording } from './recording.ts';
import { connectionOf } from './recording.ts';
import type { Request } from './requests.ts';
import { requestsTo } from './requests.ts';
import { restore, seed } from './seeds.ts';

/** Reads before what changes and what removes. */
const METHODS = ['GET', 'PUT', 'PATCH', 'POST', 'DELETE'];
/** The gateway says that the others are not there. */
const AWAY = 503;
/** Short enough that what follows it is a full page, too. */
const PAGE = 'limit=3';

/** A service with its jobs asleep, so that they do not work on what is seeded; others answer it with samples. */
export async function startSeeded(service: ServiceDefinition, stores: readonly string[], uri: string): Promise<TestService> {
  const known = settings[service.name as ServiceName];
  const secrets = { ...known?.secrets, 'mongodb-uri': uri };
  // Jobs say loudly that the seeds do not agree with one another; that is not what is tested.
  const env = { ...known?.env, LOG_LEVEL: 'fatal' };
  const app = await startTestService({ ...service, jobs: [] }, { env, secrets });
  answerCalls(app, service);
  for (const store of seeded(service, stores)) await seed(connectionOf(app), store, Date.now());
  return app;
}

const seeded = ({ name }: ServiceDefinition, stores: readonly string[]) =>
  stores.filter((store) => !SINGLE.has(`${name}.${store}`));

export interface Run {
  app: TestService;
  service: ServiceDefinition;
  recording: Recording;
  stores: readonly string[];
}

/** Asks every endpoint. Gives what nobody could read: seeds that are no use. */
export async function askAll({ app, service, recording, stores }: Run): Promise<string[]> {
  const requests = service.endpoints.flatMap(requestsTo).sort((a, b) => METHODS.indexOf(a.method) - METHODS.indexOf(b.method));
  const answers = new Map<string, { status: number; why: string }[]>();
  for (const [round, request] of requests.entries()) {
    const place = { round, now: Date.now() };
    if (request.method !== 'GET') for (const store of seeded(service, stores)) await restore(connectionOf(app), store, place);
    const { status, body } = await recording.during(request.name, () => app.request(request.method, request.path, request));
    if (request.isList) await turnPage(app, request, recording);
    const what = `${request.method} ${request.path.split('?')[0]}`;
    if (request.method === 'GET') answers.set(what, [...(answers.get(what) ?? []), { status, why: String(body.detail) }]);
  }
  return [...answers]
    .filter(([, given]) => !given.some(({ status }) => status === 200 || status === AWAY))
    .map(([what, [first]]) => `${what} answers ${first?.status} to everybody: ${first?.why.replace(/\s+/g, ' ')}`);
}

/** Delivers every event and runs every job. */
export async function hearAll({ app, service, recording }: Run): Promise<void> {
  for (const { contract, replicas } of service.subscriptions)
    if (replicas === 'one') await recording.during(`on ${contract.type}`, () => app.deliver(contract, contract.example));
  for (const { name, run } of service.jobs) {
    const ctx = backgroundContext(app.running.runtime, name);
    // Seeds are not sums that agree: a job may stop at that, and what it read until then is recorded.
    await recording.during(`job ${name}`, () => run(ctx).catch(() => undefined));
  }
}

/** Asks for the page after the first. */
async function turnPage(app: TestService, request: Request, recording: Recording): Promise<void> {
  const path = `${request.path}${request.path.includes('?') ? '&' : '?'}${PAGE}`;
  const { body } = await app.request('GET', path, request);
  if (body?.nextCursor == null) return;
  const next = `${path}&cursor=${encodeURIComponent(body.nextCursor)}`;
  await recording.during(`${request.name}, second page`, () => app.request('GET', next, request));
}
