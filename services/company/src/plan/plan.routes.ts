import { billingCycle, id, money } from '@souk/contracts';
import { anybody, created, endpoint, notFound, pageOf, pageQuery, preconditionFailed, roles, versioned } from '@souk/service-kit';
import { z } from 'zod';
import { featureKeyTaken } from '../errors.ts';
import { createFeature, createPlan, getPlan, updatePlan } from './plan.actions.ts';
import { features, plans } from './plan.store.ts';
import { featureKey, featureView, planView, viewFeature, viewPlan } from './plan.views.ts';

const params = z.object({ id });
const platform = roles({ super_admin: 'all' });
const newest = { _id: -1 } as const;

const most = z.int().min(0).max(1_000_000).optional();
const described = { name: z.string().trim().min(1).max(80), description: z.string().max(2_000) };

const planBody = z.strictObject({
  ...described,
  description: described.description.default(''),
  price: z.strictObject({ ...money.shape, amount: z.int().min(0).max(100_000_000_000) }),
  billingCycle,
  trialDays: z.int().min(0).max(365).default(0),
  limits: z.strictObject({ shops: most, staff: most, products: most }).default({}),
  features: z
    .array(featureKey)
    .max(100)
    .refine((keys) => new Set(keys).size === keys.length, 'a feature stands there twice')
    .default([]),
});

export const planRoutes = [
  endpoint({
    method: 'GET',
    path: '/plans',
    summary: 'Lists the plans on offer, or with `isArchived=true` those that are not any more, the newest first.',
    access: anybody,
    query: z.strictObject({
      ...pageQuery,
      isArchived: z.stringbool({ truthy: ['true'], falsy: ['false'] }).default(false),
    }),
    output: pageOf(planView),
    run: async ({ query }, ctx) => {
      const page = await ctx.in(plans).page({ isArchived: query.isArchived }, newest, query);
      return { ...page, data: page.data.map(viewPlan) };
    },
  }),
  endpoint({
    method: 'POST',
    path: '/plans',
    summary: 'Adds a plan. An absent limit means no limit; what is agreed by it never changes.',
    access: platform,
    body: planBody,
    output: planView,
    run: async ({ body: { price, ...fields } }, ctx) => {
      const plan = await createPlan(ctx, { ...fields, price: price.amount, currency: price.currency });
      return created(viewPlan(plan), `/plans/${plan._id}`);
    },
  }),
  endpoint({
    method: 'GET',
    path: '/plans/:id',
    summary: 'Shows a plan, also one that is not on offer any more.',
    access: anybody,
    params,
    output: planView,
    run: async ({ params }, ctx) => {
      const plan = await getPlan(ctx, params.id);
      return versioned(viewPlan(plan), plan.version);
    },
  }),
  endpoint({
    method: 'PATCH',
    path: '/plans/:id',
    summary: 'Names or describes a plan otherwise, archives it or offers it again. For another price there is a new plan.',
    access: platform,
    params,
    body: z.strictObject({ ...described, isArchived: z.boolean() }).partial(),
    output: planView,
    errors: [preconditionFailed],
    run: async ({ params, body }, ctx) => {
      const plan = await updatePlan(ctx, params.id, body);
      return versioned(viewPlan(plan), plan.version);
    },
  }),
  endpoint({
    method: 'GET',
    path: '/features',
    summary: 'Lists the features that plans may include, the newest first.',
    access: anybody,
    query: z.strictObject(pageQuery),
    output: pageOf(featureView),
    run: async ({ query }, ctx) => {
      const page = await ctx.in(features).page({}, newest, query);
      return { ...page, data: page.data.map(viewFeature) };
    },
  }),
  endpoint({
    method: 'POST',
    path: '/features',
    summary: 'Adds a feature that plans may include.',
    access: platform,
    body: z.strictObject({ ...described, description: described.description.default(''), key: featureKey }),
    output: featureView,
    errors: [featureKeyTaken],
    run: async ({ body }, ctx) => {
      const feature = await createFeature(ctx, body);
      return created(viewFeature(feature), `/features/${feature._id}`);
    },
  }),
  endpoint({
    method: 'GET',
    path: '/features/:id',
    summary: 'Shows a feature.',
    access: anybody,
    params,
    output: featureView,
    run: async ({ params }, ctx) => {
      const feature = await ctx.in(features).findOne({ _id: params.id });
      if (!feature) throw notFound();
      return viewFeature(feature);
    },
  }),
];
