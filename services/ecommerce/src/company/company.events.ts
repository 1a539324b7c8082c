import type { Envelope, EventData } from '@souk/contracts';
import { companyCreated, companySettingsUpdated, shopCreated, shopDeleted, shopUpdated } from '@souk/contracts';
import type { Context } from '@souk/service-kit';
import { on } from '@souk/service-kit';
import { closeShop, keepSettings, keepShop } from './company.actions.ts';

type Settings = Pick<EventData<typeof companySettingsUpdated>, 'companyId' | 'settings'>;

const settingsOf = ({ data, sequence }: Envelope<Settings>, ctx: Context) =>
  keepSettings(data.companyId, { settings: data.settings, sequence }, ctx);

const shopOf = ({ data, sequence }: Envelope<EventData<typeof shopCreated>>, ctx: Context) => {
  const { shopId, companyId, isActive, country, state } = data;
  return keepShop({ _id: shopId, companyId, isActive, country, state, sequence }, ctx);
};

export const companySubscriptions = [
  on(companyCreated, settingsOf),
  on(companySettingsUpdated, settingsOf),
  on(shopCreated, shopOf),
  on(shopUpdated, shopOf),
  on(shopDeleted, ({ data, sequence }, ctx) => closeShop({ ...data, sequence }, ctx)),
];
