import { randomBytes } from 'node:crypto';
import type { Book } from './book.ts';
import type { Switches } from './switches.ts';

/** What every operation works on. */
export interface Gateway {
  book: Book;
  now: () => number;
  switches: Switches;
}

type IdKind = 'pi' | 'pm' | 're' | 'mv' | 'evt';

/** A new id such as `sbx_pi_…`, with 96 random bits. */
export function newId(kind: IdKind): string {
  return `sbx_${kind}_${randomBytes(12).toString('hex')}`;
}

export function newSecret(): string {
  return randomBytes(24).toString('hex');
}

export function isoNow(gateway: Gateway): string {
  return new Date(gateway.now()).toISOString();
}
