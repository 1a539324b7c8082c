export * from './call.ts';
export * from './calls/index.ts';
export * from './event.ts';
export * from './events/index.ts';
export * from './ids.ts';
export * from './money.ts';
export * from './permissions.ts';
export * from './quote.ts';
