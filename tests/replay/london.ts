const clock = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/London', dateStyle: 'short', timeStyle: 'medium' });

/** What London's clocks show at an instant, as if it were UTC. */
const wallTime = (at: number): number => Date.parse(`${clock.format(at).replace(' ', 'T')}Z`);

/**
 * The instant, in ISO 8601 and UTC, at which London's clocks show `2010-12-01 08:26:00`. Of the two of an hour that clocks show twice
 * it is the later one.
 */
export function londonInstant(wall: string): string {
  const shown = Date.parse(`${wall.replace(' ', 'T')}Z`);
  // London is never ahead of UTC by more than an hour, so one of these two shows that time.
  const at = wallTime(shown) === shown ? shown : shown - 3_600_000;
  return new Date(at).toISOString();
}
