import { defineError } from '@souk/service-kit';

export const orderEnded = defineError('debt.order_ended', 409, 'The order needs no credit any more');
export const aboveRemaining = defineError('debt.above_remaining', 409, 'That is more than is still owed');
export const notCreditor = defineError('debt.not_creditor', 403, 'Only the creditor records payments');
export const onlyCustomers = defineError('debt.only_customers', 403, 'Only the platform enters debts of companies');
export const currencyNeeded = defineError('debt.currency_needed', 422, "Name a currency: the company's is not known yet");
