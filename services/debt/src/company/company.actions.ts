import type { CompanySettings } from '@souk/contracts';
import type { Context } from '@souk/service-kit';
import { keepNewest, system } from '@souk/service-kit';
import { isTimezone } from '../debt/calendar.rules.ts';
import type { CompanyCopy } from './company.store.ts';
import { companyCopies } from './company.store.ts';

/** Days begin here while a company's own time zone is not known. */
const DEFAULT_TIMEZONE = 'UTC';

export const noteCompany = (ctx: Context, company: { companyId: string; settings: CompanySettings; sequence: number }) =>
  keepNewest(ctx, companyCopies, {
    _id: company.companyId,
    timezone: company.settings.timezone,
    currency: company.settings.currency,
    sequence: company.sequence,
  });

const settingsOf = (ctx: Context, companyIds: string[]): Promise<CompanyCopy[]> =>
  ctx
    .as(system('debts follow the settings of their company'))
    .in(companyCopies)
    .find({ _id: { $in: companyIds } });

/** The time zone of a company. */
export async function timezoneOf(ctx: Context, companyId: string): Promise<string> {
  return (await timezonesOf(ctx, [companyId]))(companyId);
}

/** The time zones of several companies, asked once. */
export async function timezonesOf(ctx: Context, companyIds: string[]): Promise<(companyId: string) => string> {
  const known = new Map((await settingsOf(ctx, [...new Set(companyIds)])).map(({ _id, timezone }) => [_id, timezone]));
  return (companyId) => {
    const timezone = known.get(companyId);
    return timezone !== undefined && isTimezone(timezone) ? timezone : DEFAULT_TIMEZONE;
  };
}

/** The currency a company sells in; undefined while it is not known. */
export async function currencyOf(ctx: Context, companyId: string): Promise<string | undefined> {
  const [company] = await settingsOf(ctx, [companyId]);
  return company?.currency;
}
