import { change, id } from '@souk/contracts';
import { z } from 'zod';
import type { Entry } from './entry.store.ts';

export const entryView = z.object({
  id: z.string(),
  companyId: id.optional(),
  seq: z.int(),
  type: z.string(),
  action: z.string(),
  resourceType: z.string(),
  resourceId: z.string(),
  actorId: z.string().optional(),
  actorRole: z.string().optional(),
  sessionId: z.string().optional(),
  requestId: z.string().optional(),
  at: z.iso.datetime(),
  changes: z.array(change).optional(),
  data: z.unknown(),
  source: z.string(),
  position: z.int(),
  prevHash: z.string(),
  hash: z.string(),
});

/** An entry as clients see it: all of it, so that they can check the chain themselves. */
export function viewEntry({ _id, chain: _chain, at, ...rest }: Entry): z.infer<typeof entryView> {
  return { id: _id, ...rest, at: at.toISOString() };
}

export const verdictView = z.object({
  chain: z.string(),
  valid: z.boolean(),
  entries: z.int(),
  firstBroken: z.object({ seq: z.number(), entryId: z.string().optional(), fault: z.string() }).optional(),
});
