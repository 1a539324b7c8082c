import { z } from 'zod';
import { defineEvent } from '../event.ts';
import { id } from '../ids.ts';
import { ids, moments } from './examples.ts';
import { at } from './shapes.ts';

const producer = 'auth';

export const apikeyCreated = defineEvent({
  type: 'apikey.created',
  producer,
  when: "A service account was made, with a key that may do what `scopes` name; without a company it is the platform's own.",
  schema: z.object({
    apiKeyId: id,
    companyId: id.optional(),
    scopes: z.array(z.string()),
    creatorId: id,
    at,
  }),
  example: {
    apiKeyId: ids.session,
    companyId: ids.company,
    scopes: ['invoices:read', 'orders:read'],
    creatorId: ids.manager,
    at: moments.placed,
  },
});

export const apikeyDeleted = defineEvent({
  type: 'apikey.deleted',
  producer,
  when: 'A service account ended: somebody deleted it, or its company is gone.',
  schema: z.object({ apiKeyId: id, companyId: id.optional(), at }),
  example: { apiKeyId: ids.session, companyId: ids.company, at: moments.placed },
});
