import { defineError } from '@souk/service-kit';

export const unknownCompany = defineError('shop.unknown_company', 422, 'There is no such company to have shops');
export const companyNeeded = defineError('shop.company_needed', 422, 'Name the company that the shop belongs to');
export const notACompanys = defineError('shop.foreign_company', 403, 'You may add shops to your own company only');
export const notAColleague = defineError(
  'shop.not_a_colleague',
  422,
  'This is nobody who works for the company, or not as this needs',
);
