import type { Envelope } from '@souk/contracts';
import type { Trace } from '@souk/tracing';
import { currentTrace, tracePublished, traceparentFrom, traceRecorded, withTrace } from '@souk/tracing';
import { v7 as newId } from 'uuid';
import type { Batch } from './batch.ts';
import { BatchRunner, eventUnits } from './batch.ts';
import type { Context } from './context.ts';
import type { Origin } from './events/log.ts';
import { envelopeOf } from './events/log.ts';
import { EXCHANGE } from './events/relay.ts';
import type { Fence } from './jobs.ts';
import type { Scope } from './mongo/scope.ts';
import { system } from './mongo/scope.ts';
import type { Runtime } from './runtime.ts';
import type { Claims } from './tokens.ts';
import type { Mark, Tx } from './unit.ts';
import { runUnit } from './unit.ts';

/** What a context is about. */
export interface About {
  scope: Scope;
  trace: Trace;
  caller?: Claims | undefined;
  app?: string | undefined;
  event?: Envelope | undefined;
  ifMatch?: number | undefined;
  clientIp?: string | undefined;
  userAgent?: string | undefined;
  /** The mark of the next transaction or batch: one for an event, one for each in turn under an Idempotency-Key. */
  nextMark?: () => Mark | undefined;
  /** Begins each of its transactions and batches: a job's. */
  fence?: Fence | undefined;
}

/** Makes the world of one request, event or job. */
export function createContext(runtime: Runtime, about: About): Context {
  const { caller, event, trace } = about;
  const origin: Origin = {
    requestId: trace.requestId,
    traceparent: trace.traceparent,
    actorId: caller?.userId ?? event?.actorid,
    actorRole: caller?.role ?? event?.actorrole ?? (about.app && 'service'),
    sessionId: caller?.sid ?? event?.sessionid,
  };
  const runnerOf = about.fence ? fencedRunners(runtime, about.fence) : runtime.batchRunner;
  const submit = async <Request, Result>(batch: Batch<Request, Result>, request: Request) =>
    (await runnerOf(batch as Batch<unknown, unknown>).submit(request, { origin, mark: about.nextMark?.() })) as Result;
  const withScope = (scope: Scope): Context => ({
    ...trace,
    log: runtime.log,
    caller,
    app: about.app,
    event,
    ifMatch: about.ifMatch,
    clientIp: about.clientIp,
    userAgent: about.userAgent,
    scope,
    state: {
      get: (key) => runtime.sidecar.getState(key),
      set: (key, value, etag) => runtime.sidecar.setState(key, value, etag),
      delete: (key) => runtime.sidecar.deleteState(key),
    },
    now: () => runtime.now(),
    suspensionOf: (companyId) => runtime.revocations.suspensionOf(companyId),
    as: withScope,
    in: (store) => runtime.database.in(store, scope),
    transaction: <Result>(work: (tx: Tx) => Promise<Result>) =>
      event || about.fence
        ? (submit(eventUnits, { scope, work: (tx) => withTrace(trace, () => work(tx as Tx)) }) as Promise<Result>)
        : runUnit(runtime, { scope, origin, mark: about.nextMark?.() }, work),
    batch: submit,
    invoke: runtime.invoke,
    signal(contract, { subject, companyId, data }) {
      const { type, version } = contract;
      const told = { type, version, ...trace, _id: newId(), subject, sequence: 0, time: runtime.now(), data };
      const logged = traceRecorded(told, trace);
      const envelope = envelopeOf(runtime.service.name, { ...logged, ...(companyId && { companyId }) });
      runtime.sidecar
        .publish('pubsub', EXCHANGE, [envelope])
        .then(() => tracePublished([logged]))
        .catch((error) => runtime.log.debug({ err: error }, 'a signal was lost'));
    },
    value: (key) => runtime.value(key),
  });
  return withScope(about.scope);
}

/** Batches apart from those of requests. One transaction in flight of each: those that touch one lease must not come at once. */
function fencedRunners(runtime: Runtime, fence: Fence): Runtime['batchRunner'] {
  const runners = new Map<Batch<unknown, unknown>, BatchRunner>();
  return (batch) => {
    const decide: typeof batch.decide = async (entries, tx) => {
      await fence(tx);
      return batch.decide(entries, tx);
    };
    const runner = runners.get(batch) ?? new BatchRunner({ name: batch.name, decide }, runtime);
    runners.set(batch, runner);
    return runner;
  };
}

/** The context of an event: in the scope of its company, and with a mark that its first commit takes. */
export function eventContext(
  runtime: Runtime,
  event: Envelope,
  mark: Mark | undefined,
): Context & { readonly markUsed: boolean } {
  let used = false;
  const context = createContext(runtime, {
    scope: event.companyid ? { kind: 'company', companyId: event.companyid } : system(`event ${event.type}`),
    trace: currentTrace() ?? { requestId: event.requestid ?? event.id, traceparent: event.traceparent ?? '' },
    event,
    nextMark: () => {
      if (used) return undefined;
      used = true;
      return mark;
    },
  });
  return Object.defineProperty(context as Context & { markUsed: boolean }, 'markUsed', { get: () => used });
}

/** The context of work that no request or event asks for: a job, a socket. */
export function backgroundContext(runtime: Runtime, reason: string, fence?: Fence): Context {
  return createContext(runtime, {
    scope: system(reason),
    trace: { requestId: newId(), traceparent: traceparentFrom(undefined) },
    fence,
  });
}
