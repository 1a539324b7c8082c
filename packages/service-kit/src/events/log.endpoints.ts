import type { Envelope, ServiceName } from '@souk/contracts';
import { services } from '../access.ts';
import type { Context } from '../context.ts';
import type { Endpoint } from '../endpoint.ts';
import { endpoint } from '../endpoint.ts';
import { system } from '../mongo/scope.ts';
import type { Filter } from '../mongo/store.ts';
import { readArchive } from './archive.ts';
import type { LoggedEvent } from './log.ts';
import { envelopeOf, eventLog } from './log.ts';
import type { List } from './sweep.calls.ts';
import { digestBody, digestOutput, fetchBody, fetchOutput, listBody, listOutput } from './sweep.calls.ts';

/** Sidecars refuse answers above 4 MiB. */
const MOST_BYTES = 3 * 1024 * 1024;

const asConsumer = (ctx: Context) => ctx.as(system('a consumer compares its inbox with our log'));
const log = (ctx: Context) => asConsumer(ctx).in(eventLog);

function ofTypes(types: List['types']): Filter {
  const earliest = new Date(Math.min(...types.map(({ since }) => Date.parse(since))));
  const sinceSame = types.every(({ since }) => Date.parse(since) === earliest.getTime());
  if (sinceSame) return { type: { $in: types.map(({ type }) => type) }, time: { $gte: earliest } };
  return { $or: types.map(({ type, since }) => ({ type, time: { $gte: new Date(since) } })) };
}

/** The same range as `list` asks of the log. */
function listArchived(ctx: Context, { types, after, upTo, limit }: List): Promise<LoggedEvent[]> {
  const since = new Map(types.map(({ type, since }) => [type, Date.parse(since)]));
  const until = { $gte: new Date(Math.min(...since.values())) };
  const filter = { last: { $gt: after }, first: { $lte: upTo }, until, types: { $in: [...since.keys()] } };
  const wanted = ({ position = 0, type, time }: LoggedEvent) =>
    position > after && position <= upTo && time.getTime() >= (since.get(type) ?? Number.POSITIVE_INFINITY);
  return readArchive(asConsumer(ctx), filter, { wanted, limit });
}

/** Each once and by position. Give what the log held before what the archive held: a fact that is moved meanwhile is then in one at least. */
function inSequence(...found: LoggedEvent[][]): LoggedEvent[] {
  const byId = new Map(found.flat().map((event) => [event._id, event]));
  return [...byId.values()].sort((a, b) => (a.position ?? 0) - (b.position ?? 0));
}

/** The first of them, as many as an answer may hold; one at least. */
function fitting(envelopes: Envelope[]): Envelope[] {
  let bytes = 0;
  const end = envelopes.findIndex((envelope, index) => {
    bytes += Buffer.byteLength(JSON.stringify(envelope)) + 1;
    return index > 0 && bytes > MOST_BYTES;
  });
  return end === -1 ? envelopes : envelopes.slice(0, end);
}

/** What a service's log answers to its consumers' sweeps and to replays. */
export function logEndpoints(service: ServiceName): Endpoint[] {
  return [
    endpoint({
      method: 'POST',
      path: '/internal/events/digest',
      summary: 'How many facts of some types lie in a range of the log.',
      access: services(),
      status: 200,
      body: digestBody,
      output: digestOutput,
      run: async ({ body }, ctx) => {
        const upTo = { ...ofTypes(body.types), position: { $gt: body.after } };
        const [newest] = await log(ctx).find(
          { ...upTo, $and: [{ time: { $lt: new Date(body.until) } }] },
          { sort: { position: -1 }, limit: 1 },
        );
        const last = newest?.position ?? 0;
        const count =
          last === 0 ? 0 : await log(ctx).count({ ...ofTypes(body.types), position: { $gt: body.after, $lte: last } });
        return { count, last };
      },
    }),
    endpoint({
      method: 'POST',
      path: '/internal/events/list',
      summary: 'Ids and positions of facts in a range of the log.',
      access: services(),
      status: 200,
      body: listBody,
      output: listOutput,
      run: async ({ body }, ctx) => {
        const range = { ...ofTypes(body.types), position: { $gt: body.after, $lte: body.upTo } };
        const found = await log(ctx).find(range, { sort: { position: 1 }, limit: body.limit, fields: ['_id', 'position'] });
        const events = inSequence(found, await listArchived(ctx, body)).slice(0, body.limit);
        return { events: events.map(({ _id, position }) => ({ id: _id, position: position ?? 0 })) };
      },
    }),
    endpoint({
      method: 'POST',
      path: '/internal/events/fetch',
      summary: 'Facts by their ids, in the sequence of their positions: the first of them if all would be too large an answer.',
      access: services(),
      status: 200,
      body: fetchBody,
      output: fetchOutput,
      run: async ({ body }, ctx) => {
        const found = await log(ctx).find({ _id: { $in: body.ids } });
        const missing = new Set(body.ids);
        for (const { _id } of found) missing.delete(_id);
        const among = { wanted: ({ _id }: LoggedEvent) => missing.has(_id), limit: missing.size };
        const archived = await readArchive(asConsumer(ctx), { ids: { $in: [...missing] } }, among);
        return { events: fitting(inSequence(found, archived).map((event) => envelopeOf(service, event))) };
      },
    }),
  ];
}
