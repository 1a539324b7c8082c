import type { Announcement } from '../src/room.model.ts';
import { heardIn } from '../src/room.rules.ts';

const announcement = (rooms: string[], state?: Announcement['state']): Announcement => ({
  rooms,
  event: 'inventory:stock_updated',
  causeId: 'a cause',
  at: new Date(0),
  data: {},
  ...(state && { state }),
});

it('lets each room hear the newest state of one thing, and all that tells no state', () => {
  const heard = heardIn([
    announcement(['a', 'b'], { of: 'x', sequence: 1 }),
    announcement(['a', 'c'], { of: 'x', sequence: 3 }),
    announcement(['a', 'b', 'c'], { of: 'x', sequence: 2 }),
    announcement(['a'], { of: 'y', sequence: 0 }),
    announcement(['a']),
    announcement(['a']),
  ]);
  expect(heard).toEqual([[], ['a', 'c'], ['b'], ['a'], ['a'], ['a']]);
});
