import { z } from 'zod';

/** Every id of Souk is a UUID; ours are version 7, so they sort by the time they were made. */
export const id = z.uuid();
export type Id = string;

/** A moment on the wire: ISO 8601 in UTC, as `Date.prototype.toISOString` writes it. */
export const instant = z.iso.datetime();

/** A stock keeping unit: printable, no spaces at its ends, at most 64 characters. */
export const sku = z.string().regex(/^[\x21-\x7e](?:[\x20-\x7e]{0,62}[\x21-\x7e])?$/);
