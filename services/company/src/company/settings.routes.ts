import { id } from '@souk/contracts';
import { endpoint, preconditionFailed, roles, versioned } from '@souk/service-kit';
import { z } from 'zod';
import { currencyInUse } from '../errors.ts';
import { brandCompany } from './company.actions.ts';
import { branding, companyView, viewCompany, webLink } from './company.views.ts';
import { updateSettings } from './settings.actions.ts';
import { settingsPatch } from './settings.views.ts';

const params = z.object({ id });
const ofCompany = roles({ super_admin: 'all', company_admin: 'company' });

export const settingsRoutes = [
  endpoint({
    method: 'PATCH',
    path: '/companies/:id/settings',
    summary: 'Changes currency, time zone, tax, shipping, stock and order settings; what is not named stays.',
    access: ofCompany,
    params,
    body: settingsPatch,
    output: companyView,
    errors: [preconditionFailed, currencyInUse],
    run: async ({ params, body }, ctx) => {
      const company = await updateSettings(ctx, params.id, body);
      return versioned(viewCompany(company), company.version);
    },
  }),
  endpoint({
    method: 'PATCH',
    path: '/companies/:id/branding',
    summary: 'Changes the logo and the colours; what is not named stays.',
    access: ofCompany,
    params,
    body: branding.extend({ logo: webLink.nullable().optional() }),
    output: companyView,
    errors: [preconditionFailed],
    run: async ({ params, body: { logo, ...colors } }, ctx) => {
      const company = await brandCompany(ctx, params.id, { logo, branding: colors });
      return versioned(viewCompany(company), company.version);
    },
  }),
];
