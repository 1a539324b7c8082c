import { boxAround, distanceMeters, nearest, pageAfter } from '../src/near.rules.ts';
import { ledBy, withoutStaff, withStaff } from '../src/shop.rules.ts';

describe('the staff of a shop', () => {
  const nobody = { managerId: null, staffIds: [] };

  test('holds each once', () => {
    expect(withStaff(withStaff(nobody, 'a'), 'a')).toEqual({ managerId: null, staffIds: ['a'] });
  });

  test('holds its manager, and the one before stays', () => {
    expect(ledBy(ledBy(nobody, 'a'), 'b')).toEqual({ managerId: 'b', staffIds: ['a', 'b'] });
    const shop = { name: 'More than its staff', ...ledBy(nobody, 'a') };
    expect(ledBy(shop, null)).toEqual({ managerId: null, staffIds: ['a'] });
  });

  test('loses its manager with the person', () => {
    expect(withoutStaff(ledBy(nobody, 'a'), 'a')).toEqual(nobody);
  });
});

describe('distances', () => {
  const berlin = { lat: 52.52, lng: 13.405 };

  test('are those of the great circle', () => {
    expect(distanceMeters(berlin, berlin)).toBe(0);
    expect(distanceMeters(berlin, { lat: 48.1374, lng: 11.5755 }) / 1000).toBeCloseTo(504.4, 0);
    expect(distanceMeters({ lat: 0, lng: 0 }, { lat: 0, lng: 180 }) / 1000).toBeCloseTo(20_015, 0);
  });

  // Points on the circle, all around, near the equator, far north, at the antimeridian and at a pole.
  test.each([
    berlin,
    { lat: 0, lng: 0 },
    { lat: 78, lng: 16 },
    { lat: -17, lng: 179.9 },
    { lat: 10, lng: -179.95 },
    { lat: 89.9, lng: 0 },
  ])('the box around %j holds its whole circle', (center) => {
    const radius = 50_000;
    const box = boxAround(center, radius);
    for (let bearing = 0; bearing < 360; bearing += 5) {
      const point = along(center, bearing, radius * 0.999);
      expect(point.lat).toBeGreaterThanOrEqual(box.lat[0]);
      expect(point.lat).toBeLessThanOrEqual(box.lat[1]);
      expect(box.lng.some(([west, east]) => point.lng >= west && point.lng <= east)).toBe(true);
    }
  });
});

test('pages go on after the last place, also among places that are equally far', () => {
  const found = nearest(
    ['c', 'a', 'b', 'd'].map((id) => ({ id, at: id === 'd' ? { lat: 2, lng: 0 } : { lat: 1, lng: 0 } })),
    { center: { lat: 1, lng: 0 }, radius: 50_000 },
  );
  expect(found.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
  const first = pageAfter(found, { after: undefined, limit: 2 });
  expect(first.page.map(({ id }) => id)).toEqual(['a', 'b']);
  const second = pageAfter(found, { after: first.last, limit: 2 });
  expect(second).toEqual({ page: [{ id: 'c', meters: 0 }], last: undefined });
});

function along({ lat, lng }: { lat: number; lng: number }, bearing: number, meters: number) {
  const rad = Math.PI / 180;
  const arc = meters / 6_371_008.8;
  const sin = Math.sin(lat * rad) * Math.cos(arc) + Math.cos(lat * rad) * Math.sin(arc) * Math.cos(bearing * rad);
  const dLng = Math.atan2(
    Math.sin(bearing * rad) * Math.sin(arc) * Math.cos(lat * rad),
    Math.cos(arc) - Math.sin(lat * rad) * sin,
  );
  const east = lng + dLng / rad;
  return { lat: Math.asin(sin) / rad, lng: ((((east + 180) % 360) + 360) % 360) - 180 };
}
