import { z } from 'zod';
import { invalid } from './errors.ts';

/** What every list takes: `limit` 1..100 (20 when absent) and the `cursor` of the page before. */
export const pageQuery = { limit: z.coerce.number().int().min(1).max(100).default(20), cursor: z.string().max(1024).optional() };

export interface PageQuery {
  limit: number;
  cursor?: string | undefined;
}

export interface Page<Item> {
  data: Item[];
  nextCursor: string | null;
}

/** The body of a list answer. */
export const pageOf = <Item>(item: z.ZodType<Item>) => z.object({ data: z.array(item), nextCursor: z.string().nullable() });

/** A sort whose last field is unique, so that a position in it is a place: `{ createdAt: -1, _id: -1 }`. */
export type Sort = Record<string, 1 | -1>;

const scalar = z.union([z.string().max(512), z.number(), z.boolean(), z.null(), z.object({ $date: z.iso.datetime() })]);

/** The place after `last` in a list sorted by `sort`, for the client to hand back. */
export function cursorAfter(last: object, sort: Sort): string {
  const values = Object.keys(sort).map((field) => {
    const value: unknown = field
      .split('.')
      .reduce<unknown>((inner, key) => (inner && typeof inner === 'object' ? Reflect.get(inner, key) : null), last);
    return value instanceof Date ? { $date: value.toISOString() } : (value ?? null);
  });
  return Buffer.from(JSON.stringify(values)).toString('base64url');
}

/** The filter for what comes after `cursor`. Throws `invalid_request` when the cursor is not one of ours. */
export function afterCursor(cursor: string, sort: Sort): Record<string, unknown> {
  const fields = Object.keys(sort);
  const values = readCursor(cursor, fields.length);
  const branches = fields.map((field, index) => {
    const before = Object.fromEntries(fields.slice(0, index).map((name, place) => [name, values[place]]));
    return { ...before, [field]: { [sort[field] === 1 ? '$gt' : '$lt']: values[index] } };
  });
  return { $or: branches };
}

function readCursor(cursor: string, length: number): unknown[] {
  const refused = invalid('The cursor is not one this list gave', {
    errors: [{ path: 'query.cursor', code: 'invalid_cursor', message: 'unknown cursor' }],
  });
  try {
    const values = z
      .array(scalar)
      .length(length)
      .parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
    return values.map((value) => (value !== null && typeof value === 'object' ? new Date(value.$date) : value));
  } catch {
    throw refused;
  }
}
