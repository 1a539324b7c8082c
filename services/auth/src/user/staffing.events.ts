import { shopDeleted, shopStaffAssigned, shopStaffRemoved } from '@souk/contracts';
import { on } from '@souk/service-kit';
import { closeShop, staffShop } from './staffing.actions.ts';

export const staffingSubscriptions = [
  on(shopStaffAssigned, (event, ctx) => staffShop(event, true, ctx)),
  on(shopStaffRemoved, (event, ctx) => staffShop(event, false, ctx)),
  on(shopDeleted, (event, ctx) => closeShop(event.data.shopId, ctx)),
];
