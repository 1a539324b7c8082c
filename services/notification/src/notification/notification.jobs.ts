import { job } from '@souk/service-kit';
import { sendDue } from '../sending/sending.actions.ts';

export const notificationJobs = [job('send-due', 2_000, sendDue)];
