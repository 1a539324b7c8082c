import { defineError } from '@souk/service-kit';

export const serviceAway = defineError('gateway.service_away', 503, 'The service that has this path does not answer now');
