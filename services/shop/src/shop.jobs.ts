import { job } from '@souk/service-kit';
import { purgeShops } from './company.actions.ts';

const HOUR_MS = 3_600_000;

export const shopJobs = [job('purge-shops-of-deleted-companies', HOUR_MS, purgeShops)];
