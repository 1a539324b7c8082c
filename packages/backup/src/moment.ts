import { randomUUID } from 'node:crypto';
import type { ClientSession, Collection, MongoClient } from 'mongodb';

/** `snapshot` is a session whose reads are all of one time of the cluster; `transaction` is one long transaction. */
export type MomentKind = 'snapshot' | 'transaction';

/** One moment of all databases of a server: whatever is read in `session` is as it was then. */
export interface Moment {
  kind: MomentKind;
  takenAt: Date;
  session: ClientSession;
  end(): Promise<void>;
}

/** Beside the services' databases, and no part of a dump. */
const OWN_DATABASE = 'soukbackup';
const KINDS: readonly MomentKind[] = ['snapshot', 'transaction'];

interface Trace {
  _id: string;
  state: 'before' | 'after';
}

/**
 * Opens a moment and tries whether it is one: a server may take the question for a snapshot and answer with what is newest. MongoDB keeps
 * a snapshot for five minutes unless told otherwise; a server that keeps transactions only has its limit for those. Throws when
 * this server does neither.
 */
export async function openMoment(client: MongoClient): Promise<Moment> {
  const traces = client.db(OWN_DATABASE).collection<Trace>('moments', { writeConcern: { w: 'majority' } });
  const trace = { _id: randomUUID() };
  try {
    for (const kind of KINDS) {
      await traces.updateOne(trace, { $set: { state: 'before' } }, { upsert: true });
      const moment = begin(client, kind);
      const isKept = await keepsMoment(moment, { traces, trace }).catch(() => false);
      if (isKept) return moment;
      await moment.end();
    }
  } finally {
    await traces.deleteOne(trace);
  }
  throw new Error('this server cannot read all databases as of one moment, and a dump of several moments does not fit together');
}

function begin(client: MongoClient, kind: MomentKind): Moment {
  const session = client.startSession({ snapshot: kind === 'snapshot' });
  if (kind === 'transaction') session.startTransaction({ readConcern: { level: 'snapshot' } });
  return { kind, takenAt: new Date(), session, end: () => session.endSession() };
}

/** The first read fixes the moment; a change after it must not be seen. */
async function keepsMoment(
  { session }: Moment,
  { traces, trace }: { traces: Collection<Trace>; trace: Pick<Trace, '_id'> },
): Promise<boolean> {
  const first = await traces.findOne(trace, { session });
  await traces.updateOne(trace, { $set: { state: 'after' } });
  const second = await traces.findOne(trace, { session });
  return first?.state === 'before' && second?.state === 'before';
}
