import { job } from '@souk/service-kit';
import { purgeCompanies } from './company.actions.ts';

const HOUR_MS = 3_600_000;

export const companyJobs = [job('purge-deleted-companies', HOUR_MS, purgeCompanies)];
