import { defineError } from '@souk/service-kit';

export const slugTaken = defineError('company.slug_taken', 409, 'Another company has this slug');
export const platformDecides = defineError(
  'company.platform_decides',
  403,
  'Only the platform may change the owner or the active flag',
);
