import type { CompanySettings } from '@souk/contracts';
import type { Context } from '@souk/service-kit';
import { invalid, keepNewest, system } from '@souk/service-kit';
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

/** Throws 422 for a company that nobody has told of, or that is gone; `field` of the body names it. */
export async function requireCompany(ctx: Context, companyId: string, field: string): Promise<void> {
  const [company] = await settingsOf(ctx, [companyId]);
  if (!company || company.isDeleted) throw unknownCompany(field);
}

const unknownCompany = (field: string) =>
  invalid('There is no such company', {
    errors: [{ path: `body.${field}`, code: 'unknown_company', message: 'no company with this id' }],
  });

/** Keeps that a company is gone; that is the last there is to say of it. */
export async function noteDeletion(
  ctx: Context,
  { companyId, sequence }: { companyId: string; sequence: number },
): Promise<void> {
  const [company] = await settingsOf(ctx, [companyId]);
  if (company) await keepNewest(ctx, companyCopies, { ...company, isDeleted: true, sequence });
}

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
