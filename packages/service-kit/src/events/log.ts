import type { Change, Envelope, EventContract, ServiceName } from '@souk/contracts';
import mongoose from 'mongoose';
import { v7 as newId } from 'uuid';
import type { ScopedCollection } from '../mongo/collection.ts';
import type { Filter } from '../mongo/store.ts';
import { defineStore } from '../mongo/store.ts';

/** A fact in its producer's log. `unsent` is there until the relay has given it its position. */
export interface LoggedEvent {
  _id: string;
  type: string;
  version: number;
  subject: string;
  companyId?: string;
  sequence: number;
  position?: number;
  unsent?: true;
  time: Date;
  actorId?: string;
  actorRole?: string;
  sessionId?: string;
  requestId?: string;
  traceparent?: string;
  changes?: Change[];
  data: unknown;
}

const schema = new mongoose.Schema<LoggedEvent>({
  _id: String,
  type: { type: String, required: true },
  version: { type: Number, required: true },
  subject: { type: String, required: true },
  companyId: String,
  sequence: { type: Number, required: true },
  position: Number,
  unsent: Boolean,
  time: { type: Date, required: true },
  actorId: String,
  actorRole: String,
  sessionId: String,
  requestId: String,
  traceparent: String,
  changes: { type: [mongoose.Schema.Types.Mixed], default: undefined },
  data: mongoose.Schema.Types.Mixed,
})
  .index({ position: 1 }, { sparse: true })
  // What the relay looks for after a crash: sparse, so that it holds only what is not sent yet.
  .index({ unsent: 1, time: 1 }, { sparse: true })
  .index({ type: 1, position: 1 })
  .index({ subject: 1, sequence: 1 });

/** The outbox that is the event log: appended in the transaction of the documents, never updated but for its position. */
export const eventLog = defineStore<LoggedEvent>({ name: 'events', schema, scope: { company: 'companyId' } });

export interface Counter {
  _id: string;
  value: number;
}

/** Numbers that only grow: positions of the log. */
export const counters = defineStore<Counter>({
  name: 'counters',
  schema: new mongoose.Schema<Counter>({ _id: String, value: { type: Number, required: true } }),
  scope: {},
});

/** Takes `count` numbers from a counter; gives the first. */
export async function takeNumbers(collection: ScopedCollection<Counter>, name: string, count: number): Promise<number> {
  const after = await collection.findOneAndUpdate({ _id: name }, { $inc: { value: count } } as Filter, { upsert: true });
  return (after?.value ?? count) - count + 1;
}

export interface Publication<Data> {
  /** Id of the aggregate the fact is about. */
  subject: string;
  /** The aggregate's version after this commit. */
  version: number;
  companyId?: string | undefined;
  data: Data;
  /** Before and after, for the audit trail; see `changesBetween`. */
  changes?: Change[];
  /** Of the trace that the fact goes on with, when that is not its cause's. */
  traceparent?: string | undefined;
}

/** Who and what a fact came from. */
export interface Origin {
  requestId: string;
  traceparent: string;
  actorId?: string | undefined;
  actorRole?: string | undefined;
  sessionId?: string | undefined;
}

/** The log entry of a fact: number `index` among those about its subject in this commit. */
export function logEntry<Data>(
  contract: EventContract<Data>,
  publication: Publication<Data>,
  from: Origin & { at: Date; index: number },
): LoggedEvent {
  const { subject, version, companyId, data, changes } = publication;
  return {
    _id: newId(),
    type: contract.type,
    version: contract.version,
    subject,
    ...(companyId && { companyId }),
    sequence: version * 1000 + from.index,
    unsent: true,
    time: from.at,
    ...(from.actorId && { actorId: from.actorId }),
    ...(from.actorRole && { actorRole: from.actorRole }),
    ...(from.sessionId && { sessionId: from.sessionId }),
    requestId: from.requestId,
    traceparent: publication.traceparent ?? from.traceparent,
    ...(changes && changes.length > 0 && { changes }),
    data,
  };
}

/** A log entry as it goes over the wire: CloudEvents 1.0. */
export function envelopeOf(service: ServiceName, event: LoggedEvent, replay = false): Envelope {
  return {
    specversion: '1.0',
    id: event._id,
    source: `/services/${service}`,
    type: event.type,
    subject: event.subject,
    time: event.time.toISOString(),
    dataschema: `https://souk.dev/events/${event.type}/${event.version}`,
    datacontenttype: 'application/json',
    ...(event.companyId && { companyid: event.companyId }),
    sequence: event.sequence,
    position: event.position ?? 0,
    ...(event.actorId && { actorid: event.actorId }),
    ...(event.actorRole && { actorrole: event.actorRole }),
    ...(event.sessionId && { sessionid: event.sessionId }),
    ...(event.requestId && { requestid: event.requestId }),
    ...(event.traceparent && { traceparent: event.traceparent }),
    ...(event.changes && { changes: event.changes }),
    ...(replay && { replay: true }),
    data: event.data,
  };
}
