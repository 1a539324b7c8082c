/** Mean radius of the earth in metres (IUGG). */
const EARTH_METERS = 6_371_008.8;
const METERS_PER_DEGREE = (EARTH_METERS * Math.PI) / 180;

export interface Point {
  lat: number;
  lng: number;
}

export interface Place {
  id: string;
  at: Point | undefined;
}

/** How far a place is, in whole metres. */
export interface Near {
  id: string;
  meters: number;
}

/** A range of latitudes and the ranges of longitudes, in degrees: two where the box crosses the antimeridian. */
export interface Box {
  lat: [number, number];
  lng: [number, number][];
}

const radians = (degrees: number) => (degrees * Math.PI) / 180;

/** The great-circle distance of two points in metres, by the haversine formula. */
export function distanceMeters(from: Point, to: Point): number {
  const lat = Math.sin(radians(to.lat - from.lat) / 2) ** 2;
  const lng = Math.sin(radians(to.lng - from.lng) / 2) ** 2;
  const a = lat + Math.cos(radians(from.lat)) * Math.cos(radians(to.lat)) * lng;
  return 2 * EARTH_METERS * Math.asin(Math.min(1, Math.sqrt(a)));
}

/** A box that holds every point within `radius` metres of `center`: a cheap first sieve, for an index. */
export function boxAround({ lat, lng }: Point, radius: number): Box {
  const angle = radius / METERS_PER_DEGREE;
  const [south, north] = [lat - angle, lat + angle];
  // Where the circle holds a pole, it holds every longitude.
  if (south <= -90 || north >= 90) return { lat: [Math.max(-90, south), Math.min(90, north)], lng: [[-180, 180]] };
  const spread = (Math.asin(Math.min(1, Math.sin(radians(angle)) / Math.cos(radians(lat)))) * 180) / Math.PI;
  return { lat: [south, north], lng: longitudes(lng - spread, lng + spread) };
}

function longitudes(west: number, east: number): [number, number][] {
  if (west < -180)
    return [
      [west + 360, 180],
      [-180, east],
    ];
  if (east > 180)
    return [
      [west, 180],
      [-180, east - 360],
    ];
  return [[west, east]];
}

/** The places within `radius` metres, the nearest first. */
export function nearest(places: readonly Place[], { center, radius }: { center: Point; radius: number }): Near[] {
  return places
    .flatMap(({ id, at }) => (at ? [{ id, meters: Math.round(distanceMeters(center, at)) }] : []))
    .filter(({ meters }) => meters <= radius)
    .sort(byDistance);
}

/** Ids make the sequence whole: of two that are equally far, the same one is always the first. */
const byDistance = (a: Near, b: Near): number => a.meters - b.meters || (a.id < b.id ? -1 : 1);

/** The `limit` places that come after `after`, and the last of them where there are more. */
export function pageAfter(
  found: readonly Near[],
  { after, limit }: { after: Near | undefined; limit: number },
): { page: Near[]; last: Near | undefined } {
  const rest = after ? found.filter((each) => each.id !== after.id && byDistance(after, each) < 0) : found;
  const page = rest.slice(0, limit);
  return { page, last: rest.length > limit ? page.at(-1) : undefined };
}
