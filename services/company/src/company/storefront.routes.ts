import { anybody, endpoint, notFound } from '@souk/service-kit';
import { z } from 'zod';
import { companies } from './company.store.ts';
import { slug, storefrontView, viewStorefront } from './company.views.ts';

export const storefrontRoutes = [
  endpoint({
    method: 'GET',
    path: '/storefront/:slug',
    summary: 'Shows what the storefront of a company needs before anybody has logged in.',
    access: anybody,
    params: z.object({ slug }),
    output: storefrontView,
    run: async ({ params }, ctx) => {
      const company = await ctx.in(companies).findOne({ slug: params.slug });
      if (!company) throw notFound();
      return viewStorefront(company);
    },
  }),
];
