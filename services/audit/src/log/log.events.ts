import type { EventContract } from '@souk/contracts';
import { allEvents } from '@souk/contracts';
import { on } from '@souk/service-kit';
import { z } from 'zod';
import { recordFact } from './log.actions.ts';

/** What happened is recorded as it was told, also by a newer producer than this audit, or by a broken one. */
const asItCame = (contract: EventContract): EventContract => ({ ...contract, schema: z.unknown() });

/** Every fact of every service. Signals leave no trace anywhere, so not here either. */
export const logSubscriptions = allEvents
  .filter(({ kind }) => kind === 'fact')
  .map((contract) => on(asItCame(contract), (event, ctx) => recordFact(event, ctx)));
