import type { PersonalData } from '@souk/personal-data';
import { personalIn } from '@souk/personal-data';
import { notifications } from './notification/notification.store.ts';

const told: PersonalData = {
  ...personalIn(notifications, { by: 'userId', hidden: ['variables', 'dueAt', 'traceparent'] }),
  erase: (ctx, userId) => ctx.transaction((tx) => tx.in(notifications).deleteMany({ userId })),
};

/** What notification holds of people: what they were told. */
export const personal = [told];
