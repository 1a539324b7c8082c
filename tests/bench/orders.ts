import type { Finding } from './rounds.ts';
export const benchOrders = (): Promise<Finding> => { throw new Error('x'); };
