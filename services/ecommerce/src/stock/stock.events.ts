import { inventoryUpdated } from '@souk/contracts';
import { on } from '@souk/service-kit';
import { keepStock } from './stock.actions.ts';

export const stockSubscriptions = [on(inventoryUpdated, ({ data, sequence }, ctx) => keepStock(data, sequence, ctx))];
