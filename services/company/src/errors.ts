import { defineError } from '@souk/service-kit';

export const slugTaken = defineError('company.slug_taken', 409, 'Another company has this slug');
export const platformDecides = defineError(
  'company.platform_decides',
  403,
  'Only the platform may change the owner or the active flag',
);
export const currencyInUse = defineError(
  'company.currency_in_use',
  409,
  'The company has taken money in its currency, which stays from then on',
);
export const alreadySuspended = defineError('company.already_suspended', 409, 'Staff have suspended this company already');
export const notSuspended = defineError('company.not_suspended', 409, 'The company is not suspended');

export const featureKeyTaken = defineError('company.feature_key_taken', 409, 'Another feature has this key');
export const planArchived = defineError('company.plan_archived', 409, 'Nobody subscribes to this plan any more');
export const planCurrency = defineError('company.plan_currency', 409, 'The plan is priced in another currency');
export const alreadySubscribed = defineError(
  'company.already_subscribed',
  409,
  'The company is subscribed already: change the plan',
);
export const notSubscribed = defineError('company.not_subscribed', 409, 'The company has no subscription that runs');
export const samePlan = defineError('company.same_plan', 409, 'The company has this plan already');
export const stillOwing = defineError('company.still_owing', 409, 'An earlier bill is overdue: pay it first');
export const alreadyCancelled = defineError('company.already_cancelled', 409, 'The subscription ends with its period already');

export const accountRefused = defineError('company.account_refused', 422, 'The payment gateway does not take these keys');
export const accountUnreadable = defineError(
  'company.account_unreadable',
  503,
  'These keys were encrypted by another key of ours: connect the account again',
);
export const gatewayUnanswered = defineError('company.gateway_unanswered', 503, 'The payment gateway did not answer: try again');
