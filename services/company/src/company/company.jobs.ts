import { job } from '@souk/service-kit';
import { takeDueSteps } from '../subscription/subscription.actions.ts';

const MINUTE_MS = 60_000;

export const companyJobs = [job('bill-subscriptions', MINUTE_MS, takeDueSteps)];
