import type { Context } from '@souk/service-kit';
import { newId } from '@souk/service-kit';
import type { Beginning } from '../company/company.actions.ts';
import { config } from '../config.ts';
import { planOf } from '../plan/plan.actions.ts';
import { subscribe } from './subscription.rules.ts';
import { writeOutcome } from './turn.actions.ts';

/** Subscribes a company that is added to the plan that all begin on, where the platform has one: so none is without limits. */
export function onStartingPlan(ctx: Context): Beginning {
  const invoiceId = newId();
  const planId = config.of(ctx).STARTING_PLAN_ID;
  return async (tx, before) => {
    if (planId === '') return before;
    const turn = subscribe(await planOf(tx, planId), undefined, ctx.now());
    return writeOutcome(ctx, tx, { before, outcome: { ...turn, invoiceId } });
  };
}
