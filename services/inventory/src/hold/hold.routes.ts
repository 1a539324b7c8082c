import { askReservation, id } from '@souk/contracts';
import { endpoint, implement, pageOf, pageQuery, roles, STAFF, services } from '@souk/service-kit';
import { z } from 'zod';
import { HOLD_STATES } from '../stock/model.rules.ts';
import { reserveOrder } from './hold.actions.ts';
import { holds } from './hold.store.ts';
import { reservationView, viewReservation } from './hold.views.ts';

export const holdRoutes = [
  endpoint({
    method: 'GET',
    path: '/inventory/reservations',
    summary: 'What is held for orders in one state, newest order first.',
    access: roles(STAFF),
    query: z.strictObject({ ...pageQuery, state: z.enum(HOLD_STATES).default('reserved'), orderId: id.optional() }),
    output: pageOf(reservationView),
    run: async ({ query }, ctx) => {
      const filter = query.orderId === undefined ? { state: query.state } : { _id: query.orderId };
      const { data, nextCursor } = await ctx.in(holds).page(filter, { _id: -1 }, query);
      return { data: data.map(viewReservation), nextCursor };
    },
  }),
  implement(askReservation, services('sales'), ({ body }, ctx) => reserveOrder(ctx, body)),
];
