import type { Envelope, ServiceName } from '@souk/contracts';
import type { Invoke } from '../context.ts';
import { fetchFrom, listOf } from './sweep.ts';

const PAGE = 200;
const BEGINNING = new Date(0).toISOString();

/**
 * The next page of a producer's log: at most 200 facts of `types` after the position `after` (0 is the beginning), oldest first, marked
 * as replayed. Empty at the end of the log. Throws when the producer does not answer.
 */
export async function readLog(
  invoke: Invoke,
  { producer, types, after }: { producer: ServiceName; types: readonly string[]; after: number },
): Promise<Envelope[]> {
  const since = types.map((type) => ({ type, since: BEGINNING }));
  const range = { types: since, after, upTo: Number.MAX_SAFE_INTEGER, limit: PAGE };
  const { events: listed } = await invoke(listOf(producer), { body: range });
  if (listed.length === 0) return [];
  const { events } = await invoke(fetchFrom(producer), { body: { ids: listed.map(({ id }) => id) } });
  return events.map((event) => ({ ...event, data: event.data, replay: true }));
}
