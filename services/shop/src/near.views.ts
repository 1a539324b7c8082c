import { id } from '@souk/contracts';
import { z } from 'zod';
import type { Near } from './near.rules.ts';

const position = z.tuple([z.int().nonnegative(), id]);

export const viewCursor = (last: Near | undefined): string | null =>
  last ? Buffer.from(JSON.stringify([last.meters, last.id])).toString('base64url') : null;

/** The last shop of a page, as a client hands it back. */
export const nearCursor = z
  .string()
  .max(200)
  .transform((text, { issues }): Near => {
    const read = position.safeParse(parsed(Buffer.from(text, 'base64url').toString()));
    if (read.success) return { meters: read.data[0], id: read.data[1] };
    issues.push({ code: 'custom', message: 'unknown cursor', input: text });
    return z.NEVER;
  });

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
