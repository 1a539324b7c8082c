import { companyPermissionsChanged } from '@souk/contracts';
import { on } from '@souk/service-kit';
import { withhold } from './permission.actions.ts';

export const permissionSubscriptions = [on(companyPermissionsChanged, withhold)];
