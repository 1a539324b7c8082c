import { z } from 'zod';
import type { Place, Platform } from './platform.ts';

/** All of a list, page after page. Throws when a row is not of the shape that the caller relies on. */
export async function listAll<Row>(
  { api }: Platform<Place>,
  path: string,
  from: { token: string; row: z.ZodType<Row> },
): Promise<Row[]> {
  const found: Row[] = [];
  let cursor: string | null | undefined;
  do {
    const more: string = cursor ? `&cursor=${encodeURIComponent(cursor)}` : '';
    const page = await api.ask('GET', `${path}${path.includes('?') ? '&' : '?'}limit=100${more}`, { token: from.token });
    found.push(...z.array(from.row).parse(page.data));
    cursor = page.nextCursor;
  } while (cursor);
  return found;
}
