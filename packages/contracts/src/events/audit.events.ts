import { z } from 'zod';
import { defineEvent } from '../event.ts';
import { id } from '../ids.ts';
import { ids, moments } from './examples.ts';
import { at, count } from './shapes.ts';

export const auditCheckpointSigned = defineEvent({
  type: 'audit.checkpoint_signed',
  producer: 'audit',
  when:
    'The head of a hash chain was signed, at set times and before old entries are dropped; kept elsewhere, it shows a cut tail ' +
    "or a rewritten chain. Without a company it is the platform's own chain.",
  schema: z.object({
    checkpointId: id,
    companyId: id.optional(),
    entryCount: count,
    headHash: z.string().regex(/^[0-9a-f]{64}$/),
    signature: z.string().min(1),
    keyId: z.string().min(1),
    at,
  }),
  example: {
    checkpointId: ids.checkpoint,
    companyId: ids.company,
    entryCount: 4_211,
    headHash: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
    signature: 'MEUCIQDx3l0yq2mJ8bFz0b9dVgq5Qn6oY1kq',
    keyId: 'audit-2026-11',
    at: moments.placed,
  },
});
