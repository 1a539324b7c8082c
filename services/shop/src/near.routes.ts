import { id } from '@souk/contracts';
import type { Context } from '@souk/service-kit';
import { anybody, endpoint, pageOf, pageQuery } from '@souk/service-kit';
import { z } from 'zod';
import type { Place, Point } from './near.rules.ts';
import { boxAround, nearest, pageAfter } from './near.rules.ts';
import { nearCursor, viewCursor } from './near.views.ts';
import { shops } from './shop.store.ts';
import { PUBLIC_FIELDS, publicShop, viewPublicly } from './shop.views.ts';

const MOST_METERS = 200_000;
/** Places that are compared by their distance at once. */
const MOST_PLACES = 5_000;

interface Around {
  center: Point;
  radius: number;
}

const query = z.strictObject({
  ...pageQuery,
  cursor: nearCursor.optional(),
  lat: z.coerce.number().min(-90).max(90),
  lng: z.coerce.number().min(-180).max(180),
  radius: z.coerce.number().positive().max(MOST_METERS).default(10_000),
  companyId: id.optional(),
});

async function placesIn(ctx: Context, { center, radius }: Around, companyId: string | undefined): Promise<Place[]> {
  const box = boxAround(center, radius);
  const [south, north] = box.lat;
  const filter = {
    'location.coordinates.lat': { $gte: south, $lte: north },
    $or: box.lng.map(([west, east]) => ({ 'location.coordinates.lng': { $gte: west, $lte: east } })),
    ...(companyId !== undefined && { companyId }),
  };
  const found = await ctx.in(shops).find(filter, { fields: ['location.coordinates'], limit: MOST_PLACES + 1 });
  return found.map(({ _id, location }) => ({ id: _id, at: location.coordinates }));
}

/** Looks less far where more lie than can be compared, so that those which are left out are the farthest. */
async function findNearest(ctx: Context, around: Around, companyId: string | undefined) {
  let { radius } = around;
  let places = await placesIn(ctx, around, companyId);
  while (places.length > MOST_PLACES && radius > 1) {
    radius /= 2;
    places = await placesIn(ctx, { ...around, radius }, companyId);
  }
  return nearest(places, { ...around, radius });
}

export const nearRoutes = [
  endpoint({
    method: 'GET',
    path: '/shops/near',
    summary: 'Lists the open shops within `radius` metres of a place, the nearest first; of more than 5,000 only those less far.',
    access: anybody,
    query,
    output: pageOf(publicShop.extend({ distanceMeters: z.int().nonnegative() })),
    run: async ({ query: { companyId, radius, limit, cursor, ...center } }, ctx) => {
      const found = await findNearest(ctx, { center, radius }, companyId);
      const { page, last } = pageAfter(found, { after: cursor, limit });
      const shown = await ctx.in(shops).find({ _id: { $in: page.map(({ id }) => id) } }, { fields: PUBLIC_FIELDS });
      const byId = new Map(shown.map((shop) => [shop._id, viewPublicly(shop)]));
      const data = page.flatMap(({ id, meters }) => {
        const shop = byId.get(id);
        return shop ? [{ ...shop, distanceMeters: meters }] : [];
      });
      return { data, nextCursor: viewCursor(last) };
    },
  }),
];
