import { defineError } from '@souk/service-kit';

export const currencyUnknown = defineError('analytics.currency_unknown', 422, 'Name a currency: no company decides it here');
export const rangeInvalid = defineError('analytics.range_invalid', 422, 'The range must end after it begins');
export const rangeTooLong = defineError('analytics.range_too_long', 422, 'The range has too many points at this interval');
export const rebuildRunning = defineError('analytics.rebuild_running', 409, 'A rebuild is running already');
