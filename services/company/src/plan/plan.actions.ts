import { featureCreated, planCreated, planUpdated } from '@souk/contracts';
import type { Context, Tx } from '@souk/service-kit';
import { changesBetween, conflict, invalid, matchVersion, newId, notFound, system } from '@souk/service-kit';
import { featureKeyTaken } from '../errors.ts';
import type { Feature, Plan } from './plan.store.ts';
import { features, plans } from './plan.store.ts';

export type NewPlan = Omit<Plan, '_id' | 'isArchived' | 'version' | 'createdAt' | 'updatedAt'>;

/** Adds a plan. Throws 422 for a feature that is not there. */
export function createPlan(ctx: Context, fields: NewPlan): Promise<Plan> {
  const _id = newId();
  return ctx.transaction(async (tx) => {
    await requireFeatures(tx, fields.features);
    const now = ctx.now();
    const plan: Plan = { _id, ...fields, isArchived: false, version: 1, createdAt: now, updatedAt: now };
    await tx.in(plans).insertOne(plan);
    tx.publish(planCreated, { subject: _id, version: 1, data: toldOf(plan), changes: changesBetween(null, plan) });
    return plan;
  });
}

export type PlanPatch = { [Field in 'name' | 'description' | 'isArchived']?: Plan[Field] | undefined };

/** Describes a plan otherwise, archives it or offers it again. Throws notFound, preconditionFailed. */
export function updatePlan(ctx: Context, id: string, patch: PlanPatch): Promise<Plan> {
  return ctx.transaction(async (tx) => {
    const before = await getPlan(tx, id);
    matchVersion(ctx, before.version);
    const { name = before.name, description = before.description, isArchived = before.isArchived } = patch;
    const fields = { name, description, isArchived };
    const changes = changesBetween(before, { ...before, ...fields });
    if (changes.length === 0) return before;
    const set = { ...fields, updatedAt: ctx.now() };
    const { matched } = await tx.in(plans).updateOne({ _id: id, version: before.version }, { $set: set, $inc: { version: 1 } });
    if (matched === 0) throw conflict();
    const after = { ...before, ...set, version: before.version + 1 };
    tx.publish(planUpdated, { subject: id, version: after.version, data: toldOf(after), changes });
    return after;
  });
}

/** Adds a feature. Throws featureKeyTaken. */
export function createFeature(ctx: Context, fields: Pick<Feature, 'key' | 'name' | 'description'>): Promise<Feature> {
  const _id = newId();
  return ctx.transaction(async (tx) => {
    if (await tx.in(features).findOne({ key: fields.key }, { fields: ['_id'] })) throw featureKeyTaken();
    const feature: Feature = { _id, ...fields, createdAt: ctx.now() };
    await tx.in(features).insertOne(feature);
    const data = { featureId: _id, key: feature.key, at: feature.createdAt.toISOString() };
    tx.publish(featureCreated, { subject: _id, version: 1, data, changes: changesBetween(null, feature) });
    return feature;
  });
}

/** A plan, archived or not. Throws notFound. */
export async function getPlan(db: Pick<Tx, 'in'>, id: string): Promise<Plan> {
  const plan = await db.in(plans).findOne({ _id: id });
  if (!plan) throw notFound();
  return plan;
}

/** The plan that a company's subscription names; plans are the platform's, so it is read beyond the company's scope. */
export async function planOf(tx: Tx, planId: string): Promise<Plan> {
  const plan = await findPlan(tx, planId);
  if (!plan) throw new Error(`the plan ${planId} of a subscription is missing`);
  return plan;
}

export const findPlan = (tx: Tx, planId: string): Promise<Plan | null> =>
  tx.as(system('plans are the same for everybody')).in(plans).findOne({ _id: planId });

async function requireFeatures(tx: Tx, keys: readonly string[]): Promise<void> {
  const found = await tx.in(features).find({ key: { $in: [...keys] } }, { fields: ['key'] });
  const known = new Set(found.map(({ key }) => key));
  const errors = keys.flatMap((key, at) =>
    known.has(key) ? [] : [{ path: `body.features.${at}`, code: 'unknown_feature', message: 'no feature with this key' }],
  );
  if (errors.length > 0) throw invalid('There is no such feature', { errors });
}

function toldOf({ _id, price, currency, billingCycle, trialDays, limits, features: keys, isArchived, updatedAt }: Plan) {
  const terms = { price, currency, billingCycle, trialDays, limits, features: keys };
  return { planId: _id, ...terms, isArchived, at: updatedAt.toISOString() };
}
