import { envelope, id, instant } from '@souk/contracts';
import { z } from 'zod';

const types = z
  .array(z.object({ type: z.string(), since: instant }))
  .min(1)
  .max(300);

/** What a consumer asks a producer about its log. Served by every service under the same paths. */
export const digestBody = z.strictObject({ types, after: z.int().min(0), until: instant });
export const digestOutput = z.object({ count: z.int(), last: z.int() });
export const listBody = z.strictObject({ types, after: z.int().min(0), upTo: z.int().min(0), limit: z.int().min(1).max(1000) });
export const listOutput = z.object({ events: z.array(z.object({ id, position: z.int() })) });
export const fetchBody = z.strictObject({ ids: z.array(id).min(1).max(200) });
export const fetchOutput = z.object({ events: z.array(envelope) });

export type List = z.infer<typeof listBody>;
