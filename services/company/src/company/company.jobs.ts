import { job } from '@souk/service-kit';
import { takeDueSteps } from '../subscription/subscription.actions.ts';
import { purgeCompanies } from './company.actions.ts';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

export const companyJobs = [
  job('purge-deleted-companies', HOUR_MS, purgeCompanies),
  job('bill-subscriptions', MINUTE_MS, takeDueSteps),
];
