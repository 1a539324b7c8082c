import { companyCreated, companySettingsUpdated, productCreated, productUpdated } from '@souk/contracts';
import { on } from '@souk/service-kit';
import { keepCompany, keepProduct } from './reference.actions.ts';

export const referenceSubscriptions = [
  on(companyCreated, keepCompany),
  on(companySettingsUpdated, keepCompany),
  on(productCreated, keepProduct),
  on(productUpdated, keepProduct),
];
