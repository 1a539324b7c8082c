import type { DirectGateway } from './gateway.ts';

/** The buyer's credit line with the selling company: what is sold is owed, and the debt service collects it. */
export const account: DirectGateway = { name: 'account', settlement: 'at_once', account: () => 'receivable' };
