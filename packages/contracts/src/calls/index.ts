export * from './auth.calls.ts';
export * from './company.calls.ts';
export * from './debt.calls.ts';
export * from './ecommerce.calls.ts';
export * from './inventory.calls.ts';
export * from './payment.calls.ts';
export * from './personal.calls.ts';
export * from './sales.calls.ts';
