/**
 * The memory of Souk: every fact of every service as it came, one entry each, in a hash chain per company (and one of the platform),
 * so that an entry that was changed, removed or slipped in is found. It also keeps what consumers could not work off, until an
 * administrator redrives or discards it.
 */
import { personalEndpoint } from '@souk/personal-data';
import { defineService } from '@souk/service-kit';
import { config } from './config.ts';
import { keepLetter } from './dead-letter/letter.actions.ts';
import { letterFigures } from './dead-letter/letter.figures.ts';
import { letterRoutes } from './dead-letter/letter.routes.ts';
import { deadLetters } from './dead-letter/letter.store.ts';
import { chainHeads, entries } from './log/entry.store.ts';
import { logSubscriptions } from './log/log.events.ts';
import { logRoutes } from './log/log.routes.ts';
import { personal } from './personal.ts';

export const service = defineService({
  name: 'audit',
  purpose: 'What happened, by whom, in chains that show tampering; and what could not be worked off.',
  port: 8010,
  config,
  endpoints: [...logRoutes, ...letterRoutes, personalEndpoint('audit', personal)],
  subscriptions: logSubscriptions,
  // Everything, so that a new type of event needs no new binding.
  routingKeys: ['#'],
  onDeadLetter: keepLetter,
  stores: [entries, chainHeads, deadLetters],
  figures: letterFigures,
});
