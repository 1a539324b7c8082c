export * from './collection.ts';
export * from './database.ts';
export { ofCompany, type Scope, ScopeError, system } from './scope.ts';
export type { Filter, Store } from './store.ts';
export { defineStore } from './store.ts';
