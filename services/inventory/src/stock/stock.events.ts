import { returnReceived } from '@souk/contracts';
import { on } from '@souk/service-kit';
import { restockReturn } from './stock.actions.ts';

export const stockEvents = [on(returnReceived, (event, ctx) => restockReturn(ctx, event.data))];
