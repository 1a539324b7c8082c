import type { OrderPhase, OrderStatus } from '@souk/contracts';

export type { OrderPhase, OrderStatus };
export type HoldState = 'awaited' | 'cancelled_early' | 'reserved' | 'failed' | 'allocated' | 'released' | 'shipped';
