import { personalIn } from '@souk/personal-data';
import { notifications } from './notification/notification.store.ts';

/** What notification holds of people: what they were told. Erasing removes it (occasions/account.events.ts). */
export const personal = [personalIn(notifications, { by: 'userId', hidden: ['variables', 'dueAt', 'traceparent'] })];
