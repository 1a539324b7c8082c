import { id } from '@souk/contracts';
import { anybody, endpoint } from '@souk/service-kit';
import { z } from 'zod';
import { boxAround, distanceMeters } from './near.rules.ts';
import { shops } from './shop.store.ts';
import { publicShop, viewPublicly } from './shop.views.ts';

const MOST_SHOPS = 50;
const MOST_METERS = 200_000;

export const nearRoutes = [
  endpoint({
    method: 'GET',
    path: '/shops/near',
    summary: 'Finds the open shops within `radius` metres of a place, the nearest first, at most 50.',
    access: anybody,
    query: z.strictObject({
      lat: z.coerce.number().min(-90).max(90),
      lng: z.coerce.number().min(-180).max(180),
      radius: z.coerce.number().positive().max(MOST_METERS).default(10_000),
      companyId: id.optional(),
    }),
    output: z.object({ data: z.array(publicShop.extend({ distanceMeters: z.int().nonnegative() })) }),
    run: async ({ query: { companyId, radius, ...center } }, ctx) => {
      const box = boxAround(center, radius);
      const within = box.lng.map(([west, east]) => ({ 'location.coordinates.lng': { $gte: west, $lte: east } }));
      const [south, north] = box.lat;
      const filter = {
        'location.coordinates.lat': { $gte: south, $lte: north },
        $or: within,
        ...(companyId !== undefined && { companyId }),
      };
      const found = (await ctx.in(shops).find(filter)).flatMap((shop) => {
        const { coordinates } = shop.location;
        return coordinates ? [{ ...viewPublicly(shop), distanceMeters: Math.round(distanceMeters(center, coordinates)) }] : [];
      });
      const near = found.filter((shop) => shop.distanceMeters <= radius).sort((a, b) => a.distanceMeters - b.distanceMeters);
      return { data: near.slice(0, MOST_SHOPS) };
    },
  }),
];
