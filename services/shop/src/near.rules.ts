/** Mean radius of the earth in metres (IUGG). */
const EARTH_METERS = 6_371_008.8;
const METERS_PER_DEGREE = (EARTH_METERS * Math.PI) / 180;

export interface Point {
  lat: number;
  lng: number;
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
