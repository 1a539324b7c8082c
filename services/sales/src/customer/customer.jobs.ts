import { job } from '@souk/service-kit';
import { reviewDueCustomers } from './segment.actions.ts';

const MINUTE_MS = 60_000;

/** Each profile is due once a day; a minute's run takes those whose day is over. */
export const customerJobs = [job('review segments', MINUTE_MS, reviewDueCustomers)];
