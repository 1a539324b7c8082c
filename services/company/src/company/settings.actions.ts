import type { CompanySettings } from '@souk/contracts';
import { companySettingsUpdated } from '@souk/contracts';
import type { Context, Tx } from '@souk/service-kit';
import { changesBetween, invalid, matchVersion, newId } from '@souk/service-kit';
import { currencyInUse } from '../errors.ts';
import { revenues } from '../stats/stats.store.ts';
import { about, getCompany, saveCompany } from './company.actions.ts';
import type { Company, StoredSettings } from './company.store.ts';
import { settingsFaults } from './settings.rules.ts';
import type { SettingsPatch } from './settings.views.ts';

/**
 * Replaces the settings that `patch` names. Other services are told all of them, but never the tax number, which may be a person's.
 * Throws notFound, preconditionFailed, currencyInUse, and invalid when they cannot stand together.
 */
export function updateSettings(ctx: Context, id: string, patch: SettingsPatch): Promise<Company> {
  const named = withIds(patch);
  return ctx.transaction(async (tx) => {
    const before = await getCompany(tx, id);
    matchVersion(ctx, before.version);
    const settings = merged(before.settings, named);
    if (settings.currency !== before.settings.currency) await refuseMoneyTaken(tx, id);
    const errors = settingsFaults(settings);
    if (errors.length > 0) throw invalid('The settings cannot stand together', { errors });
    const changes = changesBetween(before.settings, settings, ['taxNumber']);
    if (changes.length === 0) return before;
    const now = ctx.now();
    const after = await saveCompany(tx, before, { settings, updatedAt: now });
    tx.publish(companySettingsUpdated, {
      ...about(after),
      data: { companyId: id, settings: toldOf(settings), at: now.toISOString() },
      changes,
    });
    return after;
  });
}

/**
 * The currency stays from the first sale on, as with Shopify: prices, credit lines and figures of the old one would have no rate to be
 * turned into the new one.
 */
async function refuseMoneyTaken(tx: Tx, companyId: string): Promise<void> {
  if (await tx.in(revenues).findOne({ companyId, captured: { $gt: 0 } }, { fields: ['_id'] })) throw currencyInUse();
}

type NamedSettings = Partial<{ [Key in keyof StoredSettings]: StoredSettings[Key] | undefined }>;

/** Gives new zones and methods their ids: outside the transaction, which may run again. */
function withIds(patch: SettingsPatch): NamedSettings {
  const { shippingZones, taxZones, ...rest } = patch;
  return {
    ...rest,
    taxZones: taxZones?.map(({ state, ...zone }) => ({ ...zone, ...(state !== undefined && { state }) })),
    shippingZones: shippingZones?.map(({ zoneId = newId(), ...zone }) => ({
      zoneId,
      ...zone,
      methods: zone.methods.map(({ methodId = newId(), ...method }) => ({ methodId, ...method })),
    })),
  };
}

function merged(before: StoredSettings, named: NamedSettings): StoredSettings {
  return {
    currency: named.currency ?? before.currency,
    timezone: named.timezone ?? before.timezone,
    taxInclusive: named.taxInclusive ?? before.taxInclusive,
    taxZones: named.taxZones ?? before.taxZones,
    shippingZones: named.shippingZones ?? before.shippingZones,
    lowStockThreshold: named.lowStockThreshold ?? before.lowStockThreshold,
    returnWindowDays: named.returnWindowDays ?? before.returnWindowDays,
    reservationSeconds: named.reservationSeconds ?? before.reservationSeconds,
    locales: named.locales ?? before.locales,
    segmentThresholds: named.segmentThresholds ?? before.segmentThresholds,
    taxNumber: named.taxNumber === undefined ? before.taxNumber : named.taxNumber,
  };
}

function toldOf({ taxNumber: _own, ...settings }: StoredSettings): CompanySettings {
  return settings;
}
