import { defineError } from '@souk/service-kit';

export const unknownCompany = defineError('shop.unknown_company', 422, 'There is no such company to have shops');
export const notAColleague = defineError(
  'shop.not_a_colleague',
  422,
  'This is nobody who works for the company, or not as this needs',
);
export const planLimitReached = defineError('plan.limit_reached', 409, 'The plan of the company allows no more of these');
