import type { ServiceName } from '@souk/contracts';
import { services } from '../access.ts';
import type { Context } from '../context.ts';
import type { Endpoint } from '../endpoint.ts';
import { endpoint } from '../endpoint.ts';
import { system } from '../mongo/scope.ts';
import type { Filter } from '../mongo/store.ts';
import { envelopeOf, eventLog } from './log.ts';
import type { List } from './sweep.calls.ts';
import { digestBody, digestOutput, fetchBody, fetchOutput, listBody, listOutput } from './sweep.calls.ts';

const log = (ctx: Context) => ctx.as(system('a consumer compares its inbox with our log')).in(eventLog);

function ofTypes(types: List['types']): Filter {
  const earliest = new Date(Math.min(...types.map(({ since }) => Date.parse(since))));
  const sinceSame = types.every(({ since }) => Date.parse(since) === earliest.getTime());
  if (sinceSame) return { type: { $in: types.map(({ type }) => type) }, time: { $gte: earliest } };
  return { $or: types.map(({ type, since }) => ({ type, time: { $gte: new Date(since) } })) };
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
        return { events: found.map(({ _id, position }) => ({ id: _id, position: position ?? 0 })) };
      },
    }),
    endpoint({
      method: 'POST',
      path: '/internal/events/fetch',
      summary: 'Facts by their ids.',
      access: services(),
      status: 200,
      body: fetchBody,
      output: fetchOutput,
      run: async ({ body }, ctx) => {
        const found = await log(ctx).find({ _id: { $in: body.ids } }, { sort: { position: 1 } });
        return { events: found.map((event) => envelopeOf(service, event)) };
      },
    }),
  ];
}
