import { personalIn } from '@souk/personal-data';
import { entries } from './log/entry.store.ts';

/** What audit holds of people: what they did. Entries name nobody but by ids, so there is nothing in them to erase. */
export const personal = [personalIn(entries, { by: 'actorId', hidden: ['prevHash', 'hash', 'source', 'position'] })];
