import { defineError } from '@souk/service-kit';

export const notSentYet = defineError('notification.not_sent', 409, 'It has not reached its reader yet');
