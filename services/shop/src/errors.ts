import { defineError } from '@souk/service-kit';

export const unknownCompany = defineError('shop.unknown_company', 422, 'There is no such company to have shops');
export const notAColleague = defineError(
  'shop.not_a_colleague',
  422,
  'This is nobody who works for the company, or not as this needs',
);
export const planLimitReached = defineError('plan.limit_reached', 409, 'The plan of the company allows no more of these');
export const rangeInvalid = defineError('shop.range_invalid', 422, 'This is no range of days, or one of too many');
export const currencyUnknown = defineError(
  'shop.currency_unknown',
  422,
  'Name a currency: the shop and its company have none yet',
);
export const warehouseOverbooked = defineError(
  'shop.warehouse_overbooked',
  409,
  'More of a warehouse would be set aside for shops than it has',
);
