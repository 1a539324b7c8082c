import { defineError } from '@souk/service-kit';

export const unknownCompany = defineError('shop.unknown_company', 422, 'There is no such company to have shops');
export const notAColleague = defineError(
  'shop.not_a_colleague',
  422,
  'This is nobody who works for the company, or not as this needs',
);
