import type { DirectGateway } from './gateway.ts';

/** Money in the drawer of the shop: at the till at once, on delivery when the goods arrive. */
export const cash: DirectGateway = {
  name: 'cash',
  settlement: 'at_once',
  account: ({ shopId }) => `cash_drawer:${shopId ?? 'unknown'}`,
};
