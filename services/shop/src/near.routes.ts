import { id } from '@souk/contracts';
import { anybody, endpoint } from '@souk/service-kit';
import { z } from 'zod';
import type { Point } from './near.rules.ts';
import { boxAround, distanceMeters } from './near.rules.ts';
import { shops } from './shop.store.ts';
import { PUBLIC_FIELDS, publicShop, viewPublicly } from './shop.views.ts';

const MOST_SHOPS = 50;
const MOST_METERS = 200_000;

/** Distances of those shops that are shown, by id. */
function nearest(
  places: readonly { _id: string; at: Point | undefined }[],
  { center, radius }: { center: Point; radius: number },
): Map<string, number> {
  const found = places.flatMap(({ _id, at }) => (at ? [[_id, Math.round(distanceMeters(center, at))] as const] : []));
  const within = found.filter(([, meters]) => meters <= radius).sort(([, a], [, b]) => a - b);
  return new Map(within.slice(0, MOST_SHOPS));
}

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
      const places = await ctx.in(shops).find(filter, { fields: ['location.coordinates'] });
      const near = nearest(
        places.map(({ _id, location }) => ({ _id, at: location.coordinates })),
        { center, radius },
      );
      const shown = await ctx.in(shops).find({ _id: { $in: [...near.keys()] } }, { fields: PUBLIC_FIELDS });
      const data = shown.map((shop) => ({ ...viewPublicly(shop), distanceMeters: near.get(shop._id) ?? 0 }));
      return { data: data.sort((a, b) => a.distanceMeters - b.distanceMeters) };
    },
  }),
];
