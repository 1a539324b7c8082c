import { job } from '@souk/service-kit';
import { takeDueSteps } from './debt.actions.ts';

/** Days end at another moment in each time zone, so the daily run looks every minute. */
export const debtJobs = [job('take-due-steps', 60_000, takeDueSteps)];
