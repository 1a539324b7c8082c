import { z } from 'zod';

// Intl also takes offsets such as +02:00, which know no summer time and are no zones.
const ZONE_NAME = /^[A-Za-z][A-Za-z0-9_+-]*(?:\/[A-Za-z0-9_+-]+)*$/;

/**
 * The one name that this runtime has for a zone of the IANA database, whichever of its names it is given, in whatever case. Undefined for
 * what is no zone. Whatever is kept by zone is kept by this name, of which there are some hundreds.
 */
export function canonicalZone(name: string): string | undefined {
  if (!ZONE_NAME.test(name)) return undefined;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}

/** A name of the IANA time zone database, aliases included, as clients send it. */
export const timezone = z
  .string()
  .max(64)
  .refine((name) => canonicalZone(name) !== undefined, 'not a zone of the IANA database');
