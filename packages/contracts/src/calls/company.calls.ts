import { z } from 'zod';
import { defineCall } from '../call.ts';
import { id } from '../ids.ts';

/** For whoever must know of a company before its `company.created` has arrived. */
export const getCompanyState = defineCall({
  service: 'company',
  method: 'GET',
  path: '/internal/companies/:id',
  summary: 'Whether a company is there: `unknown` also for one that was purged.',
  params: z.object({ id }),
  output: z.object({ companyId: id, state: z.enum(['active', 'inactive', 'deleted', 'unknown']) }),
});
