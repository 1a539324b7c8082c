import { movableClock, systemClock } from '../src/clock.ts';

test('the system clock tells the time of now', () => {
  expect(Math.abs(systemClock.now().getTime() - Date.now())).toBeLessThan(1_000);
});

test('a movable clock runs ahead by all that it was moved', () => {
  const clock = movableClock();
  clock.advance(60_000);
  clock.advance(3_600_000);
  expect(Math.abs(clock.now().getTime() - Date.now() - 3_660_000)).toBeLessThan(1_000);
});

test('moving one clock leaves others where they are', () => {
  movableClock().advance(60_000);
  expect(Math.abs(movableClock().now().getTime() - Date.now())).toBeLessThan(1_000);
});
