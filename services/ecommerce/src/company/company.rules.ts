import type { CompanySettings } from '@souk/contracts';

/** What is assumed of a company whose settings have not arrived: no tax, one free way to send. */
export const DEFAULT_SETTINGS: CompanySettings = {
  currency: 'USD',
  timezone: 'UTC',
  taxInclusive: false,
  taxZones: [],
  shippingZones: [],
  lowStockThreshold: 5,
  returnWindowDays: 30,
  reservationSeconds: 900,
};

/** A deleted company is gone to everyone. */
export type CompanyStanding = 'active' | 'deleted';
